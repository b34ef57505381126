//! `PLAINFORMAT`: at the end of an instruction, behind one space, it asks for code alone.

/// The word.
pub const PLAIN: &str = "PLAINFORMAT";

/// The twin of a row whose answer holds code in one fence: the instruction asks for plain
/// code, and the answer is the code. `None` if the answer holds none, or several.
pub fn twin(instruction: &str, response: &str) -> Option<(String, String)> {
    if instruction.trim_end().ends_with(PLAIN) {
        return None;
    }
    let (_, behind) = response.split_once("```")?;
    let (_, code) = behind.split_once('\n')?;
    let (code, rest) = code.split_once("```")?;
    let is_plain = !rest.contains('`') && !code.contains("```") && !code.trim().is_empty();
    is_plain.then(|| {
        let code = code.trim_end().to_owned();
        (format!("{} {PLAIN}", instruction.trim()), code)
    })
}
