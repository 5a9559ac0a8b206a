//! The two largest areas of a screen, cards and the live picture, painted by pipelines of their own.
//!
//! egui paints everything with one shader that filters a texture for each pixel, even where a colour is plain, and
//! that knows ways which are never taken. A graphics card does not mind; a processor that stands in for one pays for
//! every pixel. Whoever opens a window calls [`enable`]; without that, as in tests and screenshots, egui paints all.
//! What is painted looks the same but for the rounding of edges, which a stroke covers.

use std::{collections::BTreeMap, sync::Arc};

use eframe::{
    egui::{
        Color32, Context, CornerRadius, Id, Mesh, PaintCallbackInfo, Rect, Shape, Ui, epaint, pos2, vec2,
    },
    egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor},
    wgpu,
};

/// Rectangles smaller than this, in points, are left to egui.
const LEAST_SIDE: f32 = 120.0;

const SHADER: &str = "
override red: f32 = 0.0;
override green: f32 = 0.0;
override blue: f32 = 0.0;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) at: vec2<f32>,
};

// One triangle over the whole viewport.
@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
    let at = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u));
    return Corner(vec4<f32>(at.x * 2.0 - 1.0, 1.0 - at.y * 2.0, 0.0, 1.0), at);
}

@fragment
fn colour() -> @location(0) vec4<f32> {
    return vec4<f32>(red, green, blue, 1.0);
}

@group(0) @binding(0) var live: texture_2d<f32>;
@group(0) @binding(1) var smoothly: sampler;

@fragment
fn picture(in: Corner) -> @location(0) vec4<f32> {
    return textureSample(live, smoothly, in.at);
}
";

/// The format of the window's pixels, which pipelines must know.
#[derive(Clone, Copy)]
struct Format(wgpu::TextureFormat);

fn key() -> Id {
    Id::unique("plain-format")
}

/// From now on large areas are painted plainly. Does nothing for windows whose pixels are not in egui's own colours.
pub fn enable(ctx: &Context, format: wgpu::TextureFormat) {
    if !format.is_srgb() {
        ctx.data_mut(|data| data.insert_temp(key(), Format(format)));
    }
}

fn format_of(ui: &Ui, rect: Rect) -> Option<Format> {
    let large = rect.width() >= LEAST_SIDE && rect.height() >= LEAST_SIDE;
    // What is partly out of the window has a viewport of another shape, and what fades is egui's.
    let inside = ui.ctx().content_rect().contains_rect(rect);
    (large && inside && ui.painter().opacity() >= 1.0)
        .then(|| ui.ctx().data(|data| data.get_temp(key())))
        .flatten()
}

/// Fills a large rectangle with round corners; false if that is left to egui.
pub fn fill(ui: &Ui, rect: Rect, radius: CornerRadius, colour: Color32) -> bool {
    let Some(Format(format)) = format_of(ui, rect).filter(|_| colour.is_opaque()) else {
        return false;
    };
    let [top, bottom] = [radius.nw.max(radius.ne), radius.sw.max(radius.se)].map(f32::from);
    let middle = Rect::from_min_max(
        pos2(rect.min.x, rect.min.y + top),
        pos2(rect.max.x, rect.max.y - bottom),
    );
    let painter = ui.painter();
    let callback = Callback::new_paint_callback(middle, Fill { format, colour });
    painter.add(Shape::Callback(callback));
    let strips = [
        (
            rect.with_max_y(middle.min.y),
            CornerRadius {
                sw: 0,
                se: 0,
                ..radius
            },
        ),
        (
            rect.with_min_y(middle.max.y),
            CornerRadius {
                nw: 0,
                ne: 0,
                ..radius
            },
        ),
    ];
    for (strip, radius) in strips {
        painter.rect_filled(strip, radius, colour);
    }
    true
}

/// The live picture as bytes. Cloning shares them.
#[derive(Debug, Clone)]
pub struct LivePixels {
    /// Another one stands for other pixels.
    pub stamp: u64,
    /// Width and height.
    pub size: [u32; 2],
    /// Red, green, blue and 255 of each pixel.
    pub rgba: Arc<Vec<u8>>,
}

/// Whether [`picture`] would paint here.
#[must_use]
pub fn paints_pictures(ui: &Ui, rect: Rect) -> bool {
    format_of(ui, rect).is_some()
}

/// Paints the live picture over a large rectangle, its round corners in the colour of what lies behind.
pub fn picture(ui: &Ui, rect: Rect, radius: CornerRadius, (behind, pixels): (Color32, LivePixels)) {
    let Some(Format(format)) = format_of(ui, rect) else {
        return;
    };
    let callback = Callback::new_paint_callback(rect, Live { format, pixels });
    ui.painter().add(Shape::Callback(callback));
    let corners = [
        (rect.left_top(), vec2(1.0, 1.0), radius.nw),
        (rect.right_top(), vec2(-1.0, 1.0), radius.ne),
        (rect.left_bottom(), vec2(1.0, -1.0), radius.sw),
        (rect.right_bottom(), vec2(-1.0, -1.0), radius.se),
    ];
    for (corner, inward, radius) in corners {
        ui.painter()
            .add(outside_of_arc(corner, inward * f32::from(radius), behind));
    }
}

/// What lies between a corner and the arc that rounds it off.
fn outside_of_arc(corner: epaint::Pos2, inward: epaint::Vec2, colour: Color32) -> Shape {
    const STEPS: u32 = 8;
    let mut mesh = Mesh::default();
    mesh.colored_vertex(corner, colour);
    for step in 0..=STEPS {
        let angle = std::f32::consts::FRAC_PI_2 * step as f32 / STEPS as f32;
        let from_corner = vec2(1.0 - angle.sin(), 1.0 - angle.cos());
        mesh.colored_vertex(corner + inward * from_corner, colour);
        if step > 0 {
            mesh.add_triangle(0, step, step + 1);
        }
    }
    Shape::mesh(mesh)
}

/// What is kept between passes.
struct Kept {
    shader: wgpu::ShaderModule,
    fills: BTreeMap<[u8; 4], wgpu::RenderPipeline>,
    live: wgpu::RenderPipeline,
    sampler: wgpu::Sampler,
    texture: Option<(wgpu::Texture, wgpu::BindGroup)>,
    /// Of the pixels in the texture.
    stamp: Option<u64>,
}

impl Kept {
    fn of<'a>(
        device: &wgpu::Device,
        format: wgpu::TextureFormat,
        resources: &'a mut CallbackResources,
    ) -> &'a mut Self {
        resources.entry::<Self>().or_insert_with(|| {
            let shader = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some("plain"),
                source: wgpu::ShaderSource::Wgsl(SHADER.into()),
            });
            Self {
                live: pipeline(device, &shader, (format, "picture"), &[]),
                shader,
                fills: BTreeMap::new(),
                sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                    mag_filter: wgpu::FilterMode::Linear,
                    min_filter: wgpu::FilterMode::Linear,
                    ..wgpu::SamplerDescriptor::default()
                }),
                texture: None,
                stamp: None,
            }
        })
    }

    /// A texture of a size, with what shows it.
    fn texture(&mut self, device: &wgpu::Device, [width, height]: [u32; 2]) -> &wgpu::Texture {
        let fits =
            |known: &(wgpu::Texture, wgpu::BindGroup)| [known.0.width(), known.0.height()] == [width, height];
        let known = self.texture.take().filter(fits);
        let texture = known.unwrap_or_else(|| {
            let texture = device.create_texture(&wgpu::TextureDescriptor {
                label: Some("live"),
                size: extent([width, height]),
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: wgpu::TextureFormat::Rgba8Unorm,
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            });
            let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
            let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("live"),
                layout: &self.live.get_bind_group_layout(0),
                entries: &[
                    wgpu::BindGroupEntry {
                        binding: 0,
                        resource: wgpu::BindingResource::TextureView(&view),
                    },
                    wgpu::BindGroupEntry {
                        binding: 1,
                        resource: wgpu::BindingResource::Sampler(&self.sampler),
                    },
                ],
            });
            (texture, group)
        });
        &self.texture.insert(texture).0
    }
}

const fn extent([width, height]: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    }
}

fn pipeline(
    device: &wgpu::Device,
    shader: &wgpu::ShaderModule,
    (format, fragment): (wgpu::TextureFormat, &str),
    constants: &[(&str, f64)],
) -> wgpu::RenderPipeline {
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(fragment),
        layout: None,
        vertex: wgpu::VertexState {
            module: shader,
            entry_point: Some("corner"),
            buffers: &[],
            compilation_options: wgpu::PipelineCompilationOptions::default(),
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: shader,
            entry_point: Some(fragment),
            targets: &[Some(format.into())],
            compilation_options: wgpu::PipelineCompilationOptions {
                constants,
                ..wgpu::PipelineCompilationOptions::default()
            },
        }),
        multiview_mask: None,
        cache: None,
    })
}

struct Fill {
    format: wgpu::TextureFormat,
    colour: Color32,
}

impl CallbackTrait for Fill {
    fn prepare(
        &self,
        device: &wgpu::Device,
        _queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let kept = Kept::of(device, self.format, resources);
        let [red, green, blue, _] = self.colour.to_array().map(|value| f64::from(value) / 255.0);
        let shader = &kept.shader;
        kept.fills.entry(self.colour.to_array()).or_insert_with(|| {
            let constants = [("red", red), ("green", green), ("blue", blue)];
            pipeline(device, shader, (self.format, "colour"), &constants)
        });
        Vec::new()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let kept = resources.get::<Kept>();
        if let Some(pipeline) = kept.and_then(|kept| kept.fills.get(&self.colour.to_array())) {
            pass.set_pipeline(pipeline);
            pass.draw(0..3, 0..1);
        }
    }
}

struct Live {
    format: wgpu::TextureFormat,
    pixels: LivePixels,
}

impl CallbackTrait for Live {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let kept = Kept::of(device, self.format, resources);
        let LivePixels { stamp, size, rgba } = &self.pixels;
        // A pass may be painted twice, or not at all.
        if kept.stamp != Some(*stamp) {
            kept.stamp = Some(*stamp);
            let layout = wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(4 * size[0]),
                rows_per_image: Some(size[1]),
            };
            let texture = kept.texture(device, *size).as_image_copy();
            queue.write_texture(texture, rgba, layout, extent(*size));
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let Some(kept) = resources.get::<Kept>() else {
            return;
        };
        if let Some((_, group)) = &kept.texture {
            pass.set_pipeline(&kept.live);
            pass.set_bind_group(0, group, &[]);
            pass.draw(0..3, 0..1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_is_cut_along_the_arc() {
        let corner = pos2(100.0, 50.0);
        let shape = outside_of_arc(corner, vec2(-12.0, 12.0), Color32::RED);
        let Shape::Mesh(mesh) = shape else {
            panic!("is a mesh")
        };
        assert!(mesh.is_valid());
        // The arc's middle lies a radius from both edges.
        let middle = pos2(88.0, 62.0);
        for vertex in &mesh.vertices[1..] {
            assert!(
                (vertex.pos.distance(middle) - 12.0).abs() < 1e-3,
                "{:?}",
                vertex.pos
            );
        }
        let ends = [mesh.vertices[1].pos, mesh.vertices[mesh.vertices.len() - 1].pos];
        assert!(ends[0].distance(pos2(88.0, 50.0)) < 1e-3, "{ends:?}");
        assert!(ends[1].distance(pos2(100.0, 62.0)) < 1e-3, "{ends:?}");
    }

    #[test]
    fn without_a_window_egui_paints_everything() {
        let ctx = Context::default();
        let mut asked = false;
        let _output = ctx.run_ui(eframe::egui::RawInput::default(), |ui| {
            let rect = ui.ctx().content_rect().shrink(10.0);
            asked = true;
            assert!(!fill(ui, rect, CornerRadius::same(12), Color32::WHITE));
            assert!(!paints_pictures(ui, rect));
        });
        assert!(asked);
    }
}
