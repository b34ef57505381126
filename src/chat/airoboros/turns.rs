//! Several turns in one row: the answer of the first holds the others, as the model writes
//! them.

/// What ends an answer within a row, and begins the user's next message.
const TO_USER: &str = "</s>USER: ";
/// What begins an answer.
const TO_ANSWER: &str = " ASSISTANT: ";

/// The messages of a row, the user's first: the instruction and the answer, and what the
/// answer holds of others. `None` if a message of the user in it has no answer.
pub fn split<'r>(instruction: &'r str, response: &'r str) -> Option<Vec<&'r str>> {
    let mut turns = response.split(TO_USER);
    let mut messages = vec![instruction, turns.next()?];
    for turn in turns {
        let (question, answer) = turn.split_once(TO_ANSWER)?;
        messages.extend([question, answer]);
    }
    Some(messages.into_iter().map(str::trim).collect())
}

/// Instruction and answer of a row for these messages, the user's first. `None` if there
/// is no pair, a message has no answer, or holds what stands between them.
pub fn join(messages: &[&str]) -> Option<(String, String)> {
    let is_clear = |text: &&str| !text.contains(TO_USER.trim_end()) && !text.contains(TO_ANSWER);
    if messages.is_empty() || messages.len() % 2 == 1 || !messages.iter().all(is_clear) {
        return None;
    }
    let mut pairs = messages.chunks_exact(2);
    let first = pairs.next()?;
    let mut response = first[1].to_owned();
    for pair in pairs {
        response += TO_USER;
        response += pair[0];
        response += TO_ANSWER;
        response += pair[1];
    }
    Some((first[0].to_owned(), response))
}
