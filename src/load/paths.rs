//! From a path in a spec to files: relative, inside the project, globs expanded.

use crate::diagnostics::{Diagnostics, unreadable_file};
use crate::source::{Files, Text, fixed_part, is_pattern, pattern};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// The project that a spec belongs to.
pub(super) struct Paths {
    /// The root, resolved; nothing outside it is read.
    root: Option<PathBuf>,
    /// All files below the folders that patterns begin with.
    below: RefCell<HashMap<PathBuf, Rc<[PathBuf]>>>,
}

/// What a path in a spec means.
pub(super) struct Found {
    /// The files, sorted where the path is a pattern.
    pub(super) files: Vec<FoundFile>,
    /// The path is a pattern.
    pub(super) pattern: bool,
}

/// A file that a path in a spec means.
pub(super) struct FoundFile {
    /// The path to show: that of the file that names it, and what it says.
    pub(super) shown: PathBuf,
    /// The path with links resolved.
    pub(super) canonical: PathBuf,
}

/// The folder of a file, as something that can be opened.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The path without `folder/..`, where that leads to the same file: a file has one name
/// whichever spec names it.
fn folded(path: PathBuf, files: &dyn Files) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        match (part, short.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                short.pop();
            }
            _ => short.push(part),
        }
    }
    let same = files
        .canonical(&short)
        .ok()
        .zip(files.canonical(&path).ok());
    if same.is_some_and(|(short, long)| short == long) {
        short
    } else {
        path
    }
}

/// The project root of a spec: the nearest folder above it that holds `mtp.toml` or
/// `.git`, else its own folder.
pub(super) fn root_of(path: &Path, files: &dyn Files) -> Option<PathBuf> {
    let folder = files.canonical(folder_of(path)).ok()?;
    let marked = |folder: &&Path| {
        files.exists(&folder.join("mtp.toml")) || files.exists(&folder.join(".git"))
    };
    let root = folder.ancestors().find(marked).map(Path::to_path_buf);
    Some(root.unwrap_or(folder))
}

impl Paths {
    /// The project of the spec at `path`.
    pub(super) fn of_spec(path: &Path, files: &dyn Files) -> Paths {
        Paths {
            root: root_of(path, files),
            below: RefCell::default(),
        }
    }

    /// The files that `name`, written in the file `from`, means. `None` if it cannot
    /// mean any, which is reported.
    pub(super) fn find(
        &self,
        name: &Text<'_>,
        from: &Path,
        files: &dyn Files,
        findings: &mut Diagnostics,
    ) -> Option<Found> {
        let written = Path::new(name.value.as_ref());
        if name.value.is_empty() {
            findings.push(unreadable_file::unreadable(name, "the path is empty"));
            return None;
        }
        let is_absolute = written.is_absolute()
            || name.value.starts_with('\\')
            || matches!(name.value.as_bytes(), [_, b':', b'\\' | b'/', ..])
            || written
                .components()
                .any(|part| matches!(part, Component::Prefix(_) | Component::RootDir));
        if is_absolute {
            findings.push(unreadable_file::absolute(name));
            return None;
        }
        if name.value.contains('\0') {
            findings.push(unreadable_file::unreadable(
                name,
                "the path holds a NUL character",
            ));
            return None;
        }
        let folder = from.parent().unwrap_or(Path::new(""));
        let plain = folder.join(written);
        if is_pattern(&name.value) && !files.exists(&plain) {
            return self.expand(name, folder, files, findings);
        }
        let file = self.resolve(plain, name, files, findings)?;
        Some(Found {
            files: vec![file],
            pattern: false,
        })
    }

    fn resolve(
        &self,
        shown: PathBuf,
        name: &Text<'_>,
        files: &dyn Files,
        findings: &mut Diagnostics,
    ) -> Option<FoundFile> {
        let shown = folded(shown, files);
        let canonical = match files.canonical(&shown) {
            Ok(canonical) => canonical,
            Err(error) => {
                // Nothing is told about files outside the project, not even whether they exist.
                let finding = if self.leaves_by_name(&shown, files) {
                    unreadable_file::outside(name)
                } else {
                    unreadable_file::unreadable(name, &error.to_string())
                };
                findings.push(finding);
                return None;
            }
        };
        if self
            .root
            .as_ref()
            .is_some_and(|root| !canonical.starts_with(root))
        {
            findings.push(unreadable_file::outside(name));
            return None;
        }
        Some(FoundFile { shown, canonical })
    }

    /// Whether a path that cannot be resolved leads out of the root by its `..`.
    fn leaves_by_name(&self, shown: &Path, files: &dyn Files) -> bool {
        let Some(root) = &self.root else { return false };
        let existing = shown.ancestors().skip(1).find_map(|above| {
            let above = if above.as_os_str().is_empty() {
                Path::new(".")
            } else {
                above
            };
            files.canonical(above).ok()
        });
        existing.is_some_and(|above| !above.starts_with(root))
    }

    fn expand(
        &self,
        name: &Text<'_>,
        folder: &Path,
        files: &dyn Files,
        findings: &mut Diagnostics,
    ) -> Option<Found> {
        let matcher = match pattern(&name.value) {
            Ok(glob) => glob.compile_matcher(),
            Err(reason) => {
                findings.push(unreadable_file::unreadable(name, &reason));
                return None;
            }
        };
        let base = folder.join(fixed_part(&name.value));
        let base = if base.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            base
        };
        if !files.exists(&base) && !self.leaves_by_name(&base, files) {
            findings.push(unreadable_file::no_match(name));
            return None;
        }
        self.resolve(base.clone(), name, files, findings)?;
        let mut found = Vec::new();
        let below = Rc::clone(
            self.below
                .borrow_mut()
                .entry(base.clone())
                .or_insert_with(|| files.below(&base).into()),
        );
        for path in below.iter() {
            let relative = path.strip_prefix(if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            });
            let relative = relative.unwrap_or(path).to_path_buf();
            if matcher.is_match(&relative) {
                found.extend(self.resolve(folder.join(relative), name, files, findings));
            }
        }
        if found.is_empty() {
            findings.push(unreadable_file::no_match(name));
            return None;
        }
        Some(Found {
            files: found,
            pattern: true,
        })
    }
}
