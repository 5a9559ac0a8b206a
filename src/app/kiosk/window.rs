//! The window around the checkout.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::{Context as _, bail};
use eframe::egui;

use crate::{
    app::{
        kiosk::{
            KioskOptions,
            measured::{Meter, Shown},
            runner::Runner,
        },
        pricing,
    },
    capture::Clock,
    pipeline::Wake,
    ui::{kiosk::Kiosk, view::Screen, widgets::plain},
};

/// How often the lane is looked after when nothing happens: less often than pictures of a still view come, or the
/// window would be painted twice for each.
const QUIET: Duration = Duration::from_millis(600);
/// The same while somebody waits for an answer.
const BUSY: Duration = Duration::from_millis(50);

/// How soon the window looks when a thread has something. Without any delay it would paint twice each time.
const SOON: Duration = Duration::from_millis(1);

struct TillsightApp {
    runner: Runner,
    kiosk: Kiosk,
    meter: Meter,
    /// Passes until the window is checked to fill the screen; none when it need not.
    fill_after: Option<u32>,
}

/// So many passes a window manager has to make the window as large as the screen.
const FILL_AFTER: u32 = 3;

impl TillsightApp {
    /// A kiosk may run on a bare X server: nobody makes its window as large as the screen.
    fn fill_screen(&mut self, ctx: &egui::Context) {
        match self.fill_after {
            None => {}
            Some(0) => {
                self.fill_after = None;
                let (screen, window) =
                    ctx.input(|input| (input.viewport().monitor_size, input.viewport().inner_rect));
                if let (Some(screen), Some(window)) = (screen, window) {
                    let missing = screen - window.size();
                    if missing.x > 2.0 || missing.y > 2.0 {
                        ctx.send_viewport_cmd(egui::ViewportCommand::OuterPosition(egui::Pos2::ZERO));
                        ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(screen));
                    }
                }
            }
            Some(passes) => {
                self.fill_after = Some(passes - 1);
                ctx.request_repaint();
            }
        }
    }
}

impl eframe::App for TillsightApp {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        if self.meter.begin(frame.info().cpu_usage) {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        if self.runner.logic(pricing::now()) {
            ctx.request_repaint();
        }
        let wait = if self.runner.checkout().is_busy() {
            BUSY
        } else {
            QUIET
        };
        ctx.request_repaint_after(wait);
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        self.kiosk.ground().to_normalized_gamma_f32()
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.fill_screen(ui.ctx());
        Kiosk::fit_window(ui.ctx());
        let now = pricing::now();
        let view = self.runner.checkout().view(now);
        let commands = self.kiosk.ui(ui, &view);
        let checkout = self.runner.checkout();
        self.meter.end(&Shown {
            taken_at: checkout
                .picture_taken_at()
                .filter(|_| matches!(view.screen, Screen::Scan(_))),
            is_looked_at: checkout.has_looked(),
            upload: self.kiosk.upload_time(),
        });
        if !commands.is_empty() {
            // What a touch changed is to be seen at once.
            ui.ctx().request_repaint();
        }
        for command in commands {
            self.runner.command(command, now);
        }
    }
}

/// Opens the kiosk and runs it until the window is closed.
///
/// # Errors
/// One sentence if there is no display, no graphics, or no data folder.
pub fn run_kiosk(options: KioskOptions) -> anyhow::Result<()> {
    check_display()?;
    let viewport = egui::ViewportBuilder::default()
        .with_title("Tillsight")
        .with_app_id("tillsight")
        .with_min_inner_size([480.0, 480.0]);
    let viewport = if options.windowed {
        viewport.with_inner_size([1280.0, 720.0])
    } else {
        viewport.with_fullscreen(true).with_decorations(false)
    };
    let native = eframe::NativeOptions {
        viewport,
        // The screens have no gradients, and on a machine without a graphics card every pixel would pay for it.
        dithering: false,
        ..eframe::NativeOptions::default()
    };
    // The threads of the lane start before the window does: opening a window takes as long as loading a
    // detector, and neither needs the other.
    let window: Arc<OnceLock<egui::Context>> = Arc::default();
    let waker = Arc::clone(&window);
    let wake: Wake = Arc::new(move || {
        if let Some(ctx) = waker.get() {
            ctx.request_repaint_after(SOON);
        }
    });
    let runner = Runner::start(&options, &wake, pricing::now())?;
    let create = move |creation: &eframe::CreationContext<'_>| {
        // Whatever was woken for until now shows with the first pass.
        let ctx = window.get_or_init(|| creation.egui_ctx.clone()).clone();
        if let Some(graphics) = &creation.wgpu_render_state {
            plain::enable(&ctx, graphics.target_format);
        }
        let clock = Clock::clone(runner.clock());
        let kiosk = Kiosk::new(&ctx)
            .on_cleared_ground()
            .measured_with(Clock::clone(&clock));
        let meter = Meter::new(options.measure.clone(), runner.pace().clone(), clock);
        let fill_after = (!options.windowed).then_some(FILL_AFTER);
        let app = TillsightApp {
            runner,
            kiosk,
            meter,
            fill_after,
        };
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native("tillsight", native, Box::new(create))
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("the kiosk's window cannot be opened; `tillsight doctor` says what works on this machine")
}

/// Without a display the window system ends the program in ways that say little.
fn check_display() -> anyhow::Result<()> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        bail!(
            "there is no display: start Tillsight from a desktop, or set DISPLAY; the commands of \
             `tillsight --help` work without"
        );
    }
    Ok(())
}
