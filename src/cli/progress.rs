//! What a command is busy with, on a terminal, once that takes longer than a second;
//! in a pipe or a file nothing of it is seen.

use crate::load::Seen;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// Work that takes less shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time between two drawings.
const TICK: Duration = Duration::from_millis(100);

/// A line on standard error that tells what goes on. It is gone when this is dropped.
pub(super) struct Progress(Option<Shown>);

struct Shown {
    state: Arc<State>,
    /// Dropped to end the thread.
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    stage: Mutex<String>,
    done: AtomicUsize,
    total: AtomicUsize,
    seen: Arc<Seen>,
}

impl Progress {
    /// Begins to watch; on no terminal nothing is done.
    pub(super) fn start() -> Progress {
        if !io::stderr().is_terminal() {
            return Progress(None);
        }
        let state = Arc::new(State::default());
        let (end, ended) = mpsc::channel();
        let watched = Arc::clone(&state);
        let thread = std::thread::Builder::new().spawn(move || draw(&watched, &ended));
        Progress(thread.ok().map(|thread| Shown {
            state,
            end: Some(end),
            thread: Some(thread),
        }))
    }

    /// Tells what is done from now on: "checking answers.csv (23 MB)".
    pub(super) fn stage(&self, stage: impl Into<String>) {
        if let Some(shown) = &self.0
            && let Ok(mut current) = shown.state.stage.lock()
        {
            *current = stage.into();
        }
    }

    /// Tells how many things there are to do.
    pub(super) fn total(&self, total: usize) {
        if let Some(shown) = &self.0 {
            shown.state.total.store(total, Ordering::Relaxed);
        }
    }

    /// Counts what is read of large files.
    pub(super) fn seen(&self) -> Arc<Seen> {
        match &self.0 {
            Some(shown) => Arc::clone(&shown.state.seen),
            None => Arc::default(),
        }
    }

    /// Tells that one of them is done.
    pub(super) fn one_done(&self) {
        if let Some(shown) = &self.0 {
            shown.state.done.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(shown) = &mut self.0 {
            shown.end = None;
            // A thread that failed to draw has nothing to say.
            let _ = shown.thread.take().map(JoinHandle::join);
        }
    }
}

/// The size of a file in words: "23 MB".
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// Waits, then draws until `ended` is dropped.
fn draw(state: &State, ended: &mpsc::Receiver<()>) {
    if ended.recv_timeout(PATIENCE) != Err(mpsc::RecvTimeoutError::Timeout) {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let single = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
    let many = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {elapsed}");
    loop {
        let total = state.total.load(Ordering::Relaxed);
        let style = if total > 1 { &many } else { &single };
        if let Ok(style) = style {
            bar.set_style(style.clone());
        }
        if total > 1 {
            bar.set_length(total as u64);
            bar.set_position(state.done.load(Ordering::Relaxed) as u64);
        }
        let stage = state.stage.lock().map(|stage| stage.clone());
        let stage = stage.unwrap_or_default();
        let stage = stage + &read(&state.seen, bar.elapsed() + PATIENCE);
        bar.set_message(crate::report::escaped(&stage).into_owned());
        bar.tick();
        if ended.recv_timeout(TICK) != Err(mpsc::RecvTimeoutError::Timeout) {
            break;
        }
    }
    bar.finish_and_clear();
}

/// What was read of large files in some time: ", 812 MB, 3,400,000 samples, 95 MB/s".
fn read(seen: &Seen, time: Duration) -> String {
    let bytes = seen.bytes.load(Ordering::Relaxed);
    if bytes == 0 {
        return String::new();
    }
    let samples = seen.samples.load(Ordering::Relaxed);
    let rate = bytes as f64 / time.as_secs_f64();
    let [bytes, rate] = [bytes as usize, rate as usize].map(size);
    format!(", {bytes}, {} samples, {rate}/s", HumanCount(samples))
}
