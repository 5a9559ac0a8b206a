//! The pipelines of plain colours and of the live picture: no vertices, no blending, and for colours nothing to read.
//! A callback paints the whole of its rectangle, which egui makes the viewport.

use std::collections::BTreeMap;

use eframe::{
    egui::{Color32, PaintCallbackInfo},
    egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor},
    wgpu,
};

use super::LivePixels;

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

pub(super) struct Fill {
    pub(super) format: wgpu::TextureFormat,
    pub(super) colour: Color32,
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

pub(super) struct Live {
    pub(super) format: wgpu::TextureFormat,
    pub(super) pixels: LivePixels,
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
