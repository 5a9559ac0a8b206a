use burn::{module::*, optim::*, tensor::*};
use std::time::Instant;
use tillsight::{
    geom::*,
    vision::{loss::*, weights::*, *},
};
struct Freeze;
impl ModuleMapper for Freeze {
    fn map_flag(&mut self, f: Param<Flag>) -> Param<Flag> {
        f.with_value(false)
    }
}
fn main() {
    let device = Device::flex().autodiff();
    let arch = Architecture::checkout_dense(&["apple", "banana", "milk"]);
    let mut net = Ssd::new(&arch, &device);
    let t = Instant::now();
    load_file(
        &mut net,
        std::path::Path::new("/work/shared/data/reference/ssdlite224.safetensors"),
        Naming::TorchDetector,
    )
    .unwrap();
    println!("load {:?}", t.elapsed());
    // golden
    let plain = net.valid();
    for i in 0..4 {
        let p =
            tillsight::frame::picture::read(format!("/work/shared/data/reference/golden/{i}.png").as_ref())
                .unwrap();
        let x = Tensor::<4>::from_data(
            TensorData::new(preprocess::to_input(&p, 224), [1, 3, 224, 224]),
            &Device::flex(),
        );
        let bytes = std::fs::read("/work/shared/data/reference/golden/outputs.safetensors").unwrap();
        let st = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        for (f, name) in [(plain.clone(), "plain"), (plain.clone().folded(), "folded")] {
            let t = Instant::now();
            let o = f.forward(x.clone());
            let el = t.elapsed();
            for (n, v) in [("class_logits", o.logits), ("offsets", o.offsets)] {
                let want: Vec<f32> = st
                    .tensor(&format!("{i}.{n}"))
                    .unwrap()
                    .data()
                    .chunks(4)
                    .map(|c| f32::from_le_bytes(c.try_into().unwrap()))
                    .collect();
                let got: Vec<f32> = v.into_data().try_to_vec().unwrap();
                let d = got
                    .iter()
                    .zip(&want)
                    .map(|(a, b)| (a - b).abs())
                    .fold(0f32, f32::max);
                println!("{i} {name} {n} max diff {d} {el:?}");
            }
        }
    }
    let frozen: usize = std::env::args().nth(1).map_or(0, |a| a.parse().unwrap());
    let bs: usize = 16;
    let mut net = net;
    if std::env::args().nth(2).is_some() {
        net = net.map(&mut Freeze);
    }
    let defaults = DefaultBoxes::new(&arch.boxes);
    let t0 = Truth {
        class: ClassId(1),
        bbox: CornerBox::new(0.1, 0.1, 0.4, 0.5),
        difficult: false,
    };
    let targets: Vec<_> = (0..bs)
        .map(|_| Targets::new(&[t0], &defaults, Default::default()))
        .collect();
    let mut opt = AdamWConfig::new().init();
    for s in 0..4 {
        let t = Instant::now();
        let x = Tensor::<4>::random([bs, 3, 224, 224], Distribution::Uniform(-1.0, 1.0), &device);
        let out = if frozen > 0 {
            let st = net.valid().stem_features(x.without_autodiff(), frozen);
            let st = Tensor::from_inner(st);
            println!(" stem {:?}", t.elapsed());
            net.forward_from_stem(st, frozen)
        } else {
            net.forward(x)
        };
        let loss = multibox_loss(out, &targets, &LossSettings::default());
        let v = loss.total.clone().into_scalar::<f32>();
        println!(" fwd {:?} loss {v}", t.elapsed());
        let mut g = loss.total.backward();
        println!(" bwd {:?}", t.elapsed());
        let g = GradientsParams::from_module(&mut g, &net);
        net = opt.step(1e-5, net, g);
        println!(
            "step {s} {:?} = {:.1} img/s",
            t.elapsed(),
            bs as f64 / t.elapsed().as_secs_f64()
        );
    }
}
