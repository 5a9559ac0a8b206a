//! `tillsight doctor`: what works on this machine.

use std::{io::Write, path::Path};

use clap::Args;
use serde_json::json;

use crate::{
    app::{
        models,
        pricing::{DATABASE, data_folder, now},
    },
    capture::list_cameras,
    store::Store,
    vision::{DetectError, Engine, gpu::check_hardware},
};

/// Arguments of `tillsight doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {}

/// One thing that was looked at.
struct Check {
    name: &'static str,
    result: Result<String, String>,
}

/// Looks at camera, GPU, processor, database, model and disk, and prints what works. What does not work is
/// part of the answer, not an error.
///
/// # Errors
/// Only if the answer cannot be written.
pub fn run(_args: &DoctorArgs, json: bool, data: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let checks = [
        Check {
            name: "camera",
            result: camera(),
        },
        Check {
            name: "gpu",
            result: gpu(),
        },
        Check {
            name: "cpu",
            result: Ok(cpu()),
        },
        Check {
            name: "database",
            result: database(data),
        },
        Check {
            name: "model",
            result: model(data),
        },
        Check {
            name: "disk",
            result: disk(data),
        },
        Check {
            name: "display",
            result: display(),
        },
    ];
    if json {
        let rows: Vec<_> = checks
            .iter()
            .map(|c| {
                let (Ok(detail) | Err(detail)) = &c.result;
                json!({"name": c.name, "ok": c.result.is_ok(), "detail": detail})
            })
            .collect();
        writeln!(out, "{}", json!({"checks": rows}))?;
        return Ok(());
    }
    for c in &checks {
        let (Ok(detail) | Err(detail)) = &c.result;
        writeln!(
            out,
            "{:<10} {:<4} {detail}",
            c.name,
            if c.result.is_ok() { "ok" } else { "no" }
        )?;
    }
    Ok(())
}

fn camera() -> Result<String, String> {
    let cameras = list_cameras().map_err(|error| error.to_string())?;
    if cameras.is_empty() {
        return Err("no camera was found; plug one in, or use --source with pictures".to_owned());
    }
    Ok(cameras
        .iter()
        .map(|c| c.name.clone())
        .collect::<Vec<_>>()
        .join(", "))
}

fn gpu() -> Result<String, String> {
    match check_hardware() {
        Ok(()) => Ok("a GPU answers; it is used for detection where it is faster than the CPU".to_owned()),
        Err(DetectError::GpuNotBuilt) => {
            Err("this program was built without its GPU part; the CPU is used".to_owned())
        }
        Err(_) => Err("no GPU was found; the CPU is used".to_owned()),
    }
}

fn cpu() -> String {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{threads} threads, {}", cpu_features())
}

#[cfg(target_arch = "x86_64")]
fn cpu_features() -> &'static str {
    if std::arch::is_x86_feature_detected!("avx512f") {
        "AVX-512"
    } else if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        "AVX2 and FMA"
    } else {
        "no AVX2: detection will be slow"
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn cpu_features() -> &'static str {
    std::env::consts::ARCH
}

fn database(data: Option<&Path>) -> Result<String, String> {
    let path = data_folder(data)
        .map_err(|error| error.to_string())?
        .join(DATABASE);
    if !path.exists() {
        return Ok(format!("{} is not there yet; the kiosk makes it", path.display()));
    }
    let catalog = Store::open(&path)
        .and_then(|store| store.catalog(now()))
        .map_err(|error| error.to_string())?;
    Ok(format!(
        "{}, {} products",
        path.display(),
        catalog.products().len()
    ))
}

fn model(data: Option<&Path>) -> Result<String, String> {
    let folder = models::current(data).map_err(|error| error.to_string())?;
    let detector = models::load(&folder, Engine::Cpu).map_err(|error| format!("{error:#}"))?;
    let bundle = detector.bundle();
    let classes = bundle.architecture.classes.join(", ");
    Ok(format!("{} finds {classes}", bundle.name))
}

/// Whether the data folder can be written to.
fn disk(data: Option<&Path>) -> Result<String, String> {
    let folder = data_folder(data).map_err(|error| error.to_string())?;
    let probe = folder.join(".write-test");
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&probe, b"tillsight"))
        .and_then(|()| std::fs::remove_file(&probe))
        .map(|()| format!("{} can be written", folder.display()))
        .map_err(|error| {
            format!(
                "{} cannot be written ({error}); free some space or choose --data",
                folder.display()
            )
        })
}

fn display() -> Result<String, String> {
    let named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(not(target_os = "linux")) || named("DISPLAY") || named("WAYLAND_DISPLAY") {
        Ok("there is one".to_owned())
    } else {
        Err(
            "none (neither DISPLAY nor WAYLAND_DISPLAY is set); the kiosk needs one, the commands do not"
                .to_owned(),
        )
    }
}
