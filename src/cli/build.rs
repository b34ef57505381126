//! `mtp build` and `mtp template`: check, then write; nothing unless all is good.

use super::baseline;
use super::inputs::{self, Input};
use super::outputs::{self, Staged};
use super::parts;
use super::progress::Progress;
use super::project;
use super::shared::{Checking, Failure, Outcome, Stream, outcome, shown, tell};
use crate::emit;
use crate::ir::Protocol;
use crate::load::{Kind, Limits, Wanted};
use crate::parallel;
use crate::report::{Checked, Report};
use crate::shard::Shard;
use crate::source::{Disk, Files, ReadError, SourceMap};
use crate::validate::Valid;
use crate::{Options, Taken, check};
use clap::Args;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `build`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp build specs/wonderland.yaml -o out\n\
  writes out/wonderland_model.json, to submit for training, and out/wonderland_template.json,\n\
  which says how to talk to the trained model.")]
pub(super) struct Build {
    #[command(flatten)]
    building: Building,
    /// Write part I of N instead, such as 3/8, for `mtp merge`
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
}

/// Arguments of `template`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mtp template specs/wonderland.yaml --stdout")]
pub(super) struct Template {
    #[command(flatten)]
    building: Building,
}

#[derive(Debug, Args)]
struct Building {
    /// Spec files, or patterns such as 'specs/*.yaml'
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<String>,
    /// The folder for the files [default: that of mtp.toml, else the current one]
    #[arg(short, long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    /// Write nothing; exit with 1 if a file is not what would be written
    #[arg(long, conflicts_with = "stdout")]
    check: bool,
    /// Write to standard output instead of files
    #[arg(long, conflicts_with = "out_dir")]
    stdout: bool,
    /// The name that a spec from standard input has
    #[arg(long, value_name = "NAME", default_value = "stdin.yaml")]
    stdin_filename: PathBuf,
    #[command(flatten)]
    checking: Checking,
    #[arg(skip)]
    wanted: Wanted,
}

/// What is written of a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Product {
    Model,
    Template,
    Part(Shard),
}

impl Product {
    fn file_name(self, protocol: &str) -> String {
        match self {
            Product::Model => format!("{protocol}_model.json"),
            Product::Template => format!("{protocol}_template.json"),
            Product::Part(Shard { number, of }) => {
                format!("{protocol}_{number}-of-{of}.part")
            }
        }
    }

    fn emit(
        self,
        protocol: &Valid<Protocol<'_>>,
        sources: &SourceMap,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match self {
            Product::Model => emit::model(protocol, out),
            Product::Template => emit::template(protocol, out),
            Product::Part(shard) => {
                let spec = parts::spec_digest(sources);
                let data = parts::data_digest(sources, protocol);
                emit::part(protocol, shard, (&spec, &data), out)
            }
        }
    }
}

impl Build {
    pub(super) fn run(mut self) -> Result<Outcome, Failure> {
        let read = &mut BTreeSet::new();
        let Some(shard) = self.shard else {
            return self.once(read);
        };
        self.building.wanted = Wanted::Part(shard);
        self.building.run(&[Product::Part(shard)], read)
    }

    /// Builds specs into a folder, without a word about how it was asked for.
    pub(super) fn of(specs: Vec<String>, out_dir: Option<PathBuf>, checking: Checking) -> Self {
        Build {
            building: Building {
                specs,
                out_dir,
                check: false,
                stdout: false,
                stdin_filename: PathBuf::new(),
                checking,
                wanted: Wanted::All,
            },
            shard: None,
        }
    }

    /// Builds once; every file that was looked at goes to `read`.
    pub(super) fn once(&self, read: &mut BTreeSet<PathBuf>) -> Result<Outcome, Failure> {
        self.building
            .run(&[Product::Model, Product::Template], read)
    }
}

impl Template {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        self.building
            .run(&[Product::Template], &mut BTreeSet::new())
    }
}

/// What came of one spec.
struct Built {
    checked: Checked,
    /// Its `mtp.toml` has a mistake, so it was not looked at.
    unconfigured: bool,
    /// The files to be, by their paths.
    products: Vec<(PathBuf, Made)>,
}

enum Made {
    /// Written beside its place.
    Staged(Staged),
    /// Held: for standard output, or to be compared.
    Bytes(Vec<u8>),
}

impl Building {
    fn run(&self, products: &[Product], read: &mut BTreeSet<PathBuf>) -> Result<Outcome, Failure> {
        self.checking.usable()?;
        let inputs = inputs::named(&self.specs, &self.stdin_filename)?;
        read.extend(inputs.iter().map(|input| input.path.clone()));
        let progress = Progress::start();
        progress.total(inputs.len());
        let limits = self.checking.limits(inputs.len());
        let built = parallel::map(&inputs, self.checking.threads(), |input| {
            progress.stage(format!("building {}", shown(&input.path)));
            let built = self.build(input, products, limits, &progress);
            progress.one_done();
            built
        });
        drop(progress);
        let mut checked = Vec::new();
        let mut made = Vec::new();
        let mut failures = Vec::new();
        let mut unconfigured = false;
        for built in built {
            match built {
                Ok(built) => {
                    unconfigured |= built.unconfigured;
                    let files = built.checked.sources.files();
                    read.extend(files.map(|file| PathBuf::from(&file.path)));
                    checked.push(built.checked);
                    made.extend(built.products);
                }
                Err(Failure::Told(message)) => failures.push(message),
                Err(closed) => return Err(closed),
            }
        }
        let mut report = Report::new(&checked, inputs.len());
        if let Some(baseline) = &self.checking.baseline {
            // What stands in the way of building is shown, known or not.
            baseline::apply(baseline, &mut report, false)?;
        }
        let products: Vec<&Path> = made.iter().map(|(path, _)| path.as_path()).collect();
        self.checking
            .reporting
            .report(&report, &products, Stream::Err)?;
        let mut result = outcome(&report);
        failures.extend(self.collisions(&made));
        for failure in &failures {
            tell(failure);
        }
        if !failures.is_empty() || unconfigured {
            if report.errors > 0 {
                self.checking.reporting.summary(&report.summary());
            }
            return Ok(Outcome::Incomplete);
        }
        if result == Outcome::Clean {
            result = self.finish(made)?;
            if result == Outcome::Faulty {
                // The differences have been told.
                let cure = "The same command without `--check` writes what differs.";
                self.checking.reporting.summary(cure);
                return Ok(result);
            }
        }
        self.checking.reporting.summary(&report.summary());
        Ok(result)
    }

    fn build(
        &self,
        input: &Input,
        products: &[Product],
        limits: Limits,
        progress: &Progress,
    ) -> Result<Built, Failure> {
        let checking = &self.checking;
        let folder = input.path.parent().unwrap_or(Path::new("."));
        let project = match project::find(folder) {
            Some(path) => project::load(&path)?,
            None => project::Loaded::default(),
        };
        if !project.diagnostics.is_empty() {
            let checked = Checked {
                sources: project.sources,
                diagnostics: project.diagnostics,
            };
            return Ok(Built {
                checked,
                unconfigured: true,
                products: Vec::new(),
            });
        }
        let project = project.project;
        let folder = self.folder(&project)?;
        let bytes = match &input.bytes {
            Some(bytes) => bytes.clone(),
            None => Disk.read(&input.path, u64::MAX).map_err(|error| {
                Failure::of(format!("cannot read `{}`", shown(&input.path)), error)
            })?,
        };
        let options = Options {
            project_levels: project.levels.clone(),
            project_format: project.format,
            levels: checking.reporting.levels(),
            limits,
            wanted: self.wanted.clone(),
            streaming: Some({
                let has_samples = |product: &Product| *product != Product::Template;
                let has_samples = products.iter().any(has_samples);
                checking.streaming(has_samples.then(|| self.aside(&folder)), progress.seen())
            }),
            ..Options::default()
        };
        let sources = SourceMap::default();
        let outcome = check(&sources, &Disk, &input.path, bytes, Taken::AsSpec, &options);
        if outcome.kind == Kind::Emitted {
            return Err(Failure::Told(format!(
                "`{}` is a model or template file, not a spec; `mtp validate` checks it",
                shown(&input.path)
            )));
        }
        let mut made = Vec::new();
        if let Some(protocol) = &outcome.protocol {
            let name = protocol
                .name
                .as_deref()
                .map(AsRef::as_ref)
                .unwrap_or_default();
            if !self.check && !self.stdout {
                std::fs::create_dir_all(&folder)
                    .map_err(|error| outputs::no_folder(&folder, &error))?;
            }
            for product in products {
                let file = product.file_name(name);
                let path = folder.join(&file);
                let product = if self.check || self.stdout {
                    let mut bytes = Vec::new();
                    product
                        .emit(protocol, &sources, &mut bytes)
                        .map_err(|error| Failure::stream(&error))?;
                    Made::Bytes(bytes)
                } else {
                    Made::Staged(Staged::write_in(&folder, &file, |out| {
                        let mut out = progress.writing(&file, out);
                        product.emit(protocol, &sources, &mut out)
                    })?)
                };
                made.push((path, product));
            }
        }
        let diagnostics = outcome.diagnostics;
        Ok(Built {
            checked: Checked {
                sources,
                diagnostics,
            },
            unconfigured: false,
            products: made,
        })
    }

    /// The folder beside which what does not fit into the memory is put: that of the files,
    /// or the one that it is to be made in.
    fn aside(&self, folder: &Path) -> PathBuf {
        if self.check || self.stdout {
            return std::env::temp_dir();
        }
        let mut folders = folder.ancestors();
        let there = folders.find(|folder| folder.is_dir());
        there.unwrap_or(Path::new(".")).to_path_buf()
    }

    /// The folder that the files go to.
    fn folder(&self, project: &project::Project) -> Result<PathBuf, Failure> {
        let folder = match &self.out_dir {
            Some(folder) => Some(folder.clone()),
            None => project.out_folder()?,
        };
        Ok(folder.unwrap_or(PathBuf::from(".")))
    }

    /// Two specs that would write the same file.
    fn collisions(&self, made: &[(PathBuf, Made)]) -> Vec<String> {
        let mut paths: HashMap<&Path, usize> = HashMap::new();
        for (path, _) in made {
            *paths.entry(path).or_default() += 1;
        }
        let twice = made
            .iter()
            .filter(|(path, _)| paths.remove(path.as_path()).is_some_and(|count| count > 1));
        let told = twice.map(|(path, _)| {
            format!(
                "two specs would write `{}`; give them different names",
                shown(path)
            )
        });
        if self.stdout {
            Vec::new()
        } else {
            told.collect()
        }
    }

    fn finish(&self, made: Vec<(PathBuf, Made)>) -> Result<Outcome, Failure> {
        let mut result = Outcome::Clean;
        let mut staged = Vec::new();
        for (path, made) in made {
            match made {
                Made::Staged(file) => staged.push(file),
                Made::Bytes(bytes) if self.stdout => {
                    let mut out = io::stdout().lock();
                    let written = out
                        .write_all(&bytes)
                        .and_then(|()| out.write_all(b"\n"))
                        .and_then(|()| out.flush());
                    written.map_err(|error| Failure::stream(&error))?;
                }
                Made::Bytes(bytes) => {
                    let difference = match Disk.read(&path, u64::MAX) {
                        Ok(found) if found == bytes => continue,
                        Ok(_) => "is not what would be written",
                        Err(ReadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                            "is not there"
                        }
                        Err(error) => {
                            return Err(Failure::of(
                                format!("cannot read `{}`", shown(&path)),
                                error,
                            ));
                        }
                    };
                    tell(&format!("`{}` {difference}", shown(&path)));
                    result = Outcome::Faulty;
                }
            }
        }
        outputs::commit_all(staged)?;
        Ok(result)
    }
}
