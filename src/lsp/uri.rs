//! Addresses of files: `file:///a%20b` and the path `/a b`.

use lsp_types::Uri;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The path that an address names; `None` if it is not that of a file.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let rest = &rest[rest.find('/')?..];
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(rest.len());
    let mut left = rest.bytes();
    while let Some(byte) = left.next() {
        let mut decoded = byte;
        if byte == b'%' {
            let digits = [left.next()?, left.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            decoded = u8::from_str_radix(digits, 16).ok()?;
        }
        bytes.push(decoded);
    }
    let text = String::from_utf8(bytes).ok()?;
    // `/C:/x` on Windows.
    let has_drive = cfg!(windows) && text.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if has_drive { &text[1..] } else { &text }))
}

/// The address of a path.
pub(super) fn of(path: &Path) -> Option<Uri> {
    let absolute = std::path::absolute(path).ok()?;
    let text = absolute.to_string_lossy().replace('\\', "/");
    let mut address = String::from(if text.starts_with('/') {
        "file://"
    } else {
        "file:///"
    });
    for byte in text.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(byte)),
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&address).ok()
}

#[cfg(test)]
mod tests {
    use super::{of, path};
    use std::path::Path;

    #[test]
    fn a_path_is_found_again() {
        for name in ["/a/b.yaml", "/a b/ключ#?%.yaml", "/🫥/x+y.toml"] {
            let uri = of(Path::new(name));
            assert_eq!(
                uri.as_ref().and_then(path).as_deref(),
                Some(Path::new(name))
            );
        }
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        for uri in ["untitled:Untitled-1", "http://a/b", "file:", "file:///%zz"] {
            let uri = uri.parse().ok();
            assert_eq!(uri.as_ref().and_then(path), None);
        }
    }
}
