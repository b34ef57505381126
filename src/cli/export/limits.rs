//! What a platform takes of an export: formats, kinds of files, and numbers of rows.

use super::super::shared::Failure;
use super::{ArgumentForm, Export};
use crate::chat::export::Format;
use crate::diagnostics::{Diagnostics, platform_limit};
use crate::ir::Protocol;
use std::path::Path;

impl Export {
    /// Refuses what the platform does not take, however many rows there are.
    pub(super) fn fits_platform(&self) -> Result<(), Failure> {
        let Some(platform) = self.platform else {
            return Ok(());
        };
        let (name, format) = (platform.name(), self.to.name());
        let takes = |format: &Format| platform.takes(*format, self.template.is_some());
        if !takes(&self.to) {
            let others = Format::ALL.iter().filter(|format| takes(format));
            let others: Vec<&str> = others.map(|format| format.name()).collect();
            let text = match platform.takes(self.to, true) {
                true => " without a template",
                false => "",
            };
            return Err(Failure::Told(format!(
                "{name} does not take the format `{format}`{text}; it takes {}",
                others.join(", ")
            )));
        }
        let ending = self.output.as_deref().and_then(Path::extension);
        if ending.is_some_and(|ending| !ending.eq_ignore_ascii_case("jsonl")) {
            return Err(Failure::Told(format!(
                "{name} takes JSON Lines: end the file in .jsonl"
            )));
        }
        if matches!(self.arguments, ArgumentForm::Object) {
            return Err(Failure::Told(format!(
                "{name} takes the arguments of calls as JSON text, not as an object"
            )));
        }
        Ok(())
    }

    /// Reports a file that has fewer rows than the platform takes.
    pub(super) fn has_enough(
        &self,
        protocol: &Protocol<'_>,
        path: Option<&Path>,
        count: usize,
        findings: &mut Diagnostics,
    ) {
        let Some(platform) = self
            .platform
            .filter(|platform| count < platform.least_rows())
        else {
            return;
        };
        let span = protocol.instructions_key.unwrap_or(protocol.first_key);
        let (name, least) = (platform.name(), platform.least_rows());
        let path = path.map(super::shown);
        findings.push(match path {
            Some(path) => platform_limit::too_few_rows_in(span, name, &path, count, least),
            None => platform_limit::too_few_rows(span, name, count, least),
        });
    }
}
