//! `tillsight dataset`: bring labelled pictures in and out, look them over, and count them.

mod report;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};

use crate::training::dataset::{
    Depth, ExportFormat, LabelFormat, LabelSet, PictureCopy, ReadReport, SHAPE_ENDS, SIZE_ENDS, SetSpec,
    Severity, WriteOptions, Written, check, export_set, families, import_set, pairs, split_anew, stats,
    survey, write_plots,
};

/// Names of files in the account of an import.
const SHOWN: usize = 5;

/// What to do with data sets. SET is `coco:ANNOTATIONS:IMAGES`, `voc:ROOT:LIST`, `csv:TABLE:IMAGES`,
/// `folder:DIR`, `set:DIR:SPLIT`, or a path whose kind is found out.
#[derive(Debug, Subcommand)]
pub enum DatasetCommand {
    /// Make a data set of ours from labels of any kind: mended, upright, split.
    Import(ImportArgs),
    /// Write a data set as Pascal VOC, COCO or one table.
    Export(ExportArgs),
    /// List what is wrong with a data set, where, and how to mend it; fails if there are errors.
    Check(CheckArgs),
    /// Count pictures and boxes, their sizes, shapes and places.
    Stats(StatsArgs),
}

/// Which classes of a set are taken, and under which names.
#[derive(Debug, Args)]
struct ClassArgs {
    /// Classes to take, in this order; all if not given. Objects of others are left out.
    #[arg(long, value_delimiter = ',')]
    classes: Vec<String>,
    /// Give a class another name: OLD=NEW. Classes that get one name become one.
    #[arg(long, value_name = "OLD=NEW")]
    map: Vec<String>,
}

impl ClassArgs {
    fn choose(&self, set: &mut LabelSet) -> anyhow::Result<()> {
        let mut renames = Vec::new();
        for rename in &self.map {
            let Some((old, new)) = rename
                .split_once('=')
                .filter(|(old, new)| !old.is_empty() && !new.is_empty())
            else {
                bail!("--map {rename} is not understood; write OLD=NEW");
            };
            if !set.classes.iter().any(|name| name == old) {
                bail!(
                    "--map {rename}: there is no class \"{old}\"; there are {}",
                    set.classes.join(", ")
                );
            }
            renames.push((old.to_owned(), new.to_owned()));
        }
        if renames.is_empty() && self.classes.is_empty() {
            return Ok(());
        }
        let is_there =
            |wanted: &String| set.classes.contains(wanted) || renames.iter().any(|(_, new)| new == wanted);
        // Negatives have no classes to miss.
        let has_boxes = set.pictures.iter().any(|picture| !picture.objects.is_empty());
        if has_boxes && !self.classes.is_empty() && !self.classes.iter().any(is_there) {
            bail!(
                "none of the classes {} is in the set; it has {}",
                self.classes.join(", "),
                set.classes.join(", ")
            );
        }
        set.choose_classes(&renames, &self.classes);
        Ok(())
    }
}

/// Arguments of `tillsight dataset import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The labels: a file or folder, or a SET; or several that become one, e.g. a folder of negatives too.
    #[arg(required = true)]
    source: Vec<String>,
    /// Folder to make; it must not exist, or be empty.
    #[arg(long)]
    out: PathBuf,
    /// What the labels are.
    #[arg(long, value_enum, default_value = "auto")]
    format: FormatArg,
    #[command(flatten)]
    classes: ClassArgs,
    /// Split anew: this share becomes `train`, the rest `val`. Duplicates and pictures of one sequence stay
    /// together.
    #[arg(long)]
    train_share: Option<f64>,
    /// Seed of the split.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Copy pictures byte by byte, even those that are stored turned.
    #[arg(long)]
    keep_bytes: bool,
}

/// Arguments of `tillsight dataset export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The data set.
    set: String,
    /// What to write.
    #[arg(long, value_enum)]
    format: WriteArg,
    /// Folder to make; it must not exist, or be empty.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    classes: ClassArgs,
    /// Add `difficult` and `truncated` to a table, and rows for pictures without boxes.
    #[arg(long)]
    more_columns: bool,
    /// Copy pictures byte by byte, even those that are stored turned.
    #[arg(long)]
    keep_bytes: bool,
}

/// Arguments of `tillsight dataset check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The data set; or several, which are looked at as the splits of one.
    #[arg(required = true)]
    set: Vec<String>,
    #[command(flatten)]
    classes: ClassArgs,
    /// Read headers only: neither damaged pixels nor duplicates are found.
    #[arg(long)]
    quick: bool,
    /// Name every file, not only the first five of each kind.
    #[arg(long)]
    all: bool,
}

/// Arguments of `tillsight dataset stats`.
#[derive(Debug, Args)]
pub struct StatsArgs {
    /// The data set; or several, which are counted as the splits of one.
    #[arg(required = true)]
    set: Vec<String>,
    #[command(flatten)]
    classes: ClassArgs,
    /// Write plots as PNG into this folder.
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
}

/// Formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// Pascal VOC, or XML files beside the pictures as `LabelImg` leaves them.
    Voc,
    /// COCO JSON, camera traps too.
    Coco,
    /// A table: filename,width,height,class,xmin,ymin,xmax,ymax.
    Csv,
    /// Pictures only, one folder a class or none.
    Folder,
    /// A data set of ours.
    Set,
    /// Found out.
    Auto,
}

impl FormatArg {
    const fn label_format(self) -> Option<LabelFormat> {
        match self {
            Self::Voc => Some(LabelFormat::Voc),
            Self::Coco => Some(LabelFormat::Coco),
            Self::Csv => Some(LabelFormat::Csv),
            Self::Folder => Some(LabelFormat::Folder),
            Self::Set => Some(LabelFormat::Set),
            Self::Auto => None,
        }
    }
}

/// Formats that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WriteArg {
    /// Pascal VOC.
    Voc,
    /// COCO JSON.
    Coco,
    /// One table.
    Csv,
}

impl From<WriteArg> for ExportFormat {
    fn from(format: WriteArg) -> Self {
        match format {
            WriteArg::Voc => Self::Voc,
            WriteArg::Coco => Self::Coco,
            WriteArg::Csv => Self::Csv,
        }
    }
}

/// Runs a command.
///
/// # Errors
/// One sentence saying which set, file or argument cannot be used; or, of a check, how many errors there are.
pub fn run(command: &DatasetCommand, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    match command {
        DatasetCommand::Import(args) => import(args, json, out),
        DatasetCommand::Export(args) => export(args, json, out),
        DatasetCommand::Check(args) => run_check(args, json, out),
        DatasetCommand::Stats(args) => run_stats(args, json, out),
    }
}

/// Reads one set, or several as the splits of one; the name is that of all.
fn read(specs: &[String], classes: &ClassArgs) -> anyhow::Result<(String, LabelSet)> {
    let mut all = LabelSet::default();
    let mut names = Vec::new();
    for spec in specs {
        let spec = SetSpec::parse(spec)?;
        let mut set = spec.read()?;
        names.push(spec.to_string());
        if let Some(name) = names.last().filter(|_| specs.len() > 1) {
            for picture in set.pictures.iter_mut().filter(|picture| picture.split.is_empty()) {
                picture.split = name.as_str().into();
            }
        }
        all.append(set);
    }
    classes.choose(&mut all)?;
    Ok((names.join(" and "), all))
}

const fn copy_mode(keep_bytes: bool) -> PictureCopy {
    if keep_bytes {
        PictureCopy::AsTheyAre
    } else {
        PictureCopy::Upright
    }
}

/// Reads all sources of an import as one set; the name is that of all.
fn read_sources(args: &ImportArgs) -> anyhow::Result<(String, LabelSet)> {
    let mut all = LabelSet::default();
    let mut names = Vec::new();
    for source in &args.source {
        let path = Path::new(source);
        let spec = match args.format.label_format() {
            Some(format) if path.exists() => SetSpec::of_path(path, Some(format))?,
            Some(_) | None => SetSpec::parse(source)?,
        };
        let mut set = spec.read()?;
        // Names of folders are classes of whole pictures, which a set of boxes does not keep.
        if set.pictures.iter().all(|picture| picture.objects.is_empty()) {
            for picture in &mut set.pictures {
                if picture.class.take().is_some() {
                    set.classes.clear();
                }
            }
        }
        names.push(spec.to_string());
        all.append(set);
    }
    args.classes.choose(&mut all)?;
    Ok((names.join(" and "), all))
}

fn import(args: &ImportArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let (spec, mut set) = read_sources(args)?;
    // All pixels, so that no damaged picture comes in.
    let surveyed = survey(&set, Depth::Pixels, SHOWN);
    if let Some(share) = args.train_share {
        let families = families(&set, &pairs(&set, &surveyed));
        split_anew(&mut set, &families, share, args.seed)?;
    }
    if surveyed.report.pictures == 0 {
        let first = surveyed
            .report
            .notes()
            .find_map(|(_, note)| note.examples.first());
        bail!(
            "no picture of {spec} can be used: {}",
            first.map_or("it is empty", String::as_str)
        );
    }
    let report = account(&set, &surveyed.report);
    let source = (spec, report.to_json());
    let copy = copy_mode(args.keep_bytes);
    let written = import_set(
        &set,
        &surveyed,
        &args.out,
        copy,
        (source.0.as_str(), source.1.clone()),
    )?;
    if json {
        let object = json!({
            "out": args.out, "source": source.0, "classes": set.classes,
            "splits": splits_json(&written), "turned": written.turned, "report": source.1,
        });
        writeln!(out, "{object}")?;
        return Ok(());
    }
    written_table(&written, out)?;
    report::print(&report, SHOWN, out)?;
    writeln!(out, "the data set is in {}", args.out.display())?;
    Ok(())
}

/// What readers noted and what was noted on the pictures, in one report.
fn account(set: &LabelSet, on_pictures: &ReadReport) -> ReadReport {
    let mut report = ReadReport::keeping(SHOWN);
    report.absorb(set.report.clone());
    report.absorb(on_pictures.clone());
    report.pictures = on_pictures.pictures;
    report.boxes = on_pictures.boxes;
    report
}

fn export(args: &ExportArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let (spec, set) = read(std::slice::from_ref(&args.set), &args.classes)?;
    let surveyed = survey(&set, Depth::Headers, SHOWN);
    let options = WriteOptions {
        format: args.format.into(),
        pictures: copy_mode(args.keep_bytes),
        has_more_columns: args.more_columns,
    };
    let written = export_set(&set, &surveyed, &args.out, options)?;
    let report = account(&set, &surveyed.report);
    if json {
        let object = json!({
            "out": args.out, "source": spec, "classes": set.classes,
            "splits": splits_json(&written), "turned": written.turned,
            "pictures_without_row": written.unnamed, "flags_lost": written.flags_lost,
            "report": report.to_json(),
        });
        writeln!(out, "{object}")?;
        return Ok(());
    }
    written_table(&written, out)?;
    report::print(&report, SHOWN, out)?;
    if written.unnamed + written.flags_lost > 0 {
        writeln!(
            out,
            "the eight columns cannot say that {} pictures have no boxes and {} boxes are difficult or \
             truncated; --more-columns can",
            written.unnamed, written.flags_lost
        )?;
    }
    writeln!(out, "written to {}", args.out.display())?;
    Ok(())
}

fn splits_json(written: &Written) -> Map<String, Value> {
    let splits = written.splits.iter();
    splits
        .map(|(name, (pictures, boxes))| (name.clone(), json!({"pictures": pictures, "boxes": boxes})))
        .collect()
}

fn written_table(written: &Written, out: &mut dyn Write) -> std::io::Result<()> {
    for (name, (pictures, boxes)) in &written.splits {
        writeln!(out, "{name}: {pictures} pictures, {boxes} boxes")?;
    }
    if written.turned > 0 {
        writeln!(
            out,
            "{} pictures were stored turned and are now upright",
            written.turned
        )?;
    }
    Ok(())
}

fn run_check(args: &CheckArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let (spec, set) = read(&args.set, &args.classes)?;
    let depth = if args.quick { Depth::Headers } else { Depth::Pixels };
    let found = check(&set, depth);
    let (errors, warnings) = (found.total(Severity::Error), found.total(Severity::Warning));
    if json {
        let findings: Vec<Value> = found
            .report
            .notes()
            .map(|(issue, note)| {
                json!({
                    "severity": report::severity(issue), "kind": issue.key(), "what": issue.words(),
                    "hint": issue.hint(), "count": note.count, "files": note.examples,
                })
            })
            .collect();
        let object = json!({
            "set": spec, "pictures": found.report.pictures, "boxes": found.report.boxes,
            "without_boxes": found.without_boxes, "errors": errors, "warnings": warnings,
            "findings": findings,
        });
        writeln!(out, "{object}")?;
    } else {
        writeln!(
            out,
            "{} pictures ({} without boxes), {} boxes in {spec}",
            found.report.pictures, found.without_boxes, found.report.boxes
        )?;
        report::print_findings(&found.report, if args.all { usize::MAX } else { SHOWN }, out)?;
        writeln!(out, "{errors} errors, {warnings} warnings")?;
    }
    if errors > 0 {
        out.flush()?;
        bail!("{spec} has {errors} errors; mend them as the check says");
    }
    Ok(())
}

fn run_stats(args: &StatsArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let (spec, set) = read(&args.set, &args.classes)?;
    let counted = stats(&set, &survey(&set, Depth::Headers, SHOWN));
    let plots = match &args.plots {
        Some(folder) => write_plots(&counted, folder).context("cannot write the plots")?,
        None => Vec::new(),
    };
    if json {
        let mut object = serde_json::to_value(&counted).context("cannot write the statistics")?;
        object["set"] = json!(spec);
        object["size_ends"] = json!(SIZE_ENDS);
        object["shape_ends"] = json!(SHAPE_ENDS);
        object["plots"] = json!(plots);
        writeln!(out, "{object}")?;
        return Ok(());
    }
    report::print_stats(&counted, out)?;
    for plot in plots {
        writeln!(out, "wrote {}", plot.display())?;
    }
    Ok(())
}
