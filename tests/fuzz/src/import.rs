//! `mtp import`: what becomes a spec builds, and comes back as the same.

use super::files::Input;
use super::spec::{model, options, returns};
use mtp::import::table;
use mtp::source::{Disk, SourceMap};
use mtp::syntax::tree::Notation;
use mtp::{import_model, import_table, print};
use std::path::Path;

/// A model file; behind `c` a table of CSV.
pub fn import(data: &[u8]) {
    let sources = SourceMap::default();
    let imported = match data.split_first() {
        Some((b'c', rest)) => {
            let wanted = table::Options {
                name: "table".to_owned(),
                ..table::Options::default()
            };
            import_table(
                &sources,
                Path::new("table.csv"),
                rest.to_vec(),
                &wanted,
                &options(),
            )
        }
        _ => {
            let Some(input) = Input::of(data) else { return };
            import_model(
                &sources,
                Path::new(input.path),
                input.text.into_bytes(),
                &options(),
            )
        }
    };
    for finding in &imported.diagnostics {
        let place = sources.place(finding.span).expect("a place");
        assert!(
            place.file.text.get(place.span.range()).is_some(),
            "{finding:?}"
        );
    }
    let Some(spec) = imported.spec else { return };
    let text = print::text(&print::from_ast(&spec, Notation::Yaml), Notation::Yaml);
    let built = model(&Disk, "spec.yaml", &text);
    let is_table = data.first() == Some(&b'c');
    assert!(built.is_some() || is_table, "it does not build:\n{text}");
    built.iter().for_each(|built| returns(built));
}
