//! Which of the files below a folder are looked at: `include` and `exclude` of the projects
//! that they are in. Files that are named are none of its business.

use super::project::{self, Project};
use crate::source;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What the project of the current folder admits of its files, and every other project of
/// its own.
#[derive(Debug, Default)]
pub(super) struct Filter {
    here: Patterns,
    /// By folder: those of the nearest `mtp.toml`.
    nearest: RefCell<HashMap<PathBuf, Rc<Patterns>>>,
}

impl Filter {
    pub(super) fn of(here: &Project) -> Self {
        Filter {
            here: Patterns::of(here),
            nearest: RefCell::default(),
        }
    }

    /// Whether the file at `path` is looked at. The path is absolute, without `..` and links
    /// to folders.
    pub(super) fn admits(&self, path: &Path) -> bool {
        let folder = path.parent().unwrap_or(path);
        self.here.admit(path) && self.nearest(folder).admit(path)
    }

    /// A project that cannot be read leaves nothing out; its mistakes are told with the
    /// findings of its specs.
    fn nearest(&self, folder: &Path) -> Rc<Patterns> {
        if let Some(patterns) = self.nearest.borrow().get(folder) {
            return Rc::clone(patterns);
        }
        let loaded = project::find(folder).and_then(|file| project::load(&file).ok());
        let patterns = loaded.map(|loaded| Patterns::of(&loaded.project));
        let patterns = Rc::new(patterns.unwrap_or_default());
        let mut nearest = self.nearest.borrow_mut();
        nearest.insert(folder.to_path_buf(), Rc::clone(&patterns));
        patterns
    }
}

/// `include` and `exclude` of one project.
#[derive(Debug, Default)]
struct Patterns {
    /// The folder that the patterns are relative to.
    base: PathBuf,
    /// If there are any, a file has to match one.
    include: Option<globset::GlobSet>,
    /// A file may match none.
    exclude: Option<globset::GlobSet>,
}

impl Patterns {
    fn of(project: &Project) -> Self {
        Patterns {
            base: project.folder.clone(),
            include: set(&project.include),
            exclude: set(&project.exclude),
        }
    }

    /// Files outside the project are not its own to leave out.
    fn admit(&self, path: &Path) -> bool {
        let Ok(path) = path.strip_prefix(&self.base) else {
            return true;
        };
        let matches = |set: &globset::GlobSet| set.is_match(path);
        self.include.as_ref().is_none_or(matches) && !self.exclude.as_ref().is_some_and(matches)
    }
}

fn set(patterns: &[String]) -> Option<globset::GlobSet> {
    if patterns.is_empty() {
        return None;
    }
    let mut set = globset::GlobSetBuilder::new();
    for pattern in patterns {
        // A folder's name means everything in it.
        let everything = format!("{}/**", pattern.trim_end_matches('/'));
        for pattern in [pattern, &everything] {
            if let Ok(glob) = source::pattern(pattern) {
                set.add(glob);
            }
        }
    }
    set.build().ok()
}
