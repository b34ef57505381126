//! What a command is busy with, on a terminal, once that takes longer than a second;
//! in a pipe or a file nothing of it is seen.

use crate::source::Seen;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

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

struct State {
    /// What goes on, and since when.
    stage: Mutex<(String, Instant)>,
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
        let state = Arc::new(State {
            stage: Mutex::new((String::new(), Instant::now())),
            done: AtomicUsize::default(),
            total: AtomicUsize::default(),
            seen: Arc::default(),
        });
        let (end, ended) = mpsc::channel();
        let watched = Arc::clone(&state);
        let thread = std::thread::Builder::new().spawn(move || draw(&watched, &ended));
        Progress(thread.ok().map(|thread| Shown {
            state,
            end: Some(end),
            thread: Some(thread),
        }))
    }

    /// Tells what is done from now on: "checking answers.csv". What is read and written is
    /// counted anew, unless there are several things to do.
    pub(super) fn stage(&self, stage: impl Into<String>) {
        if let Some(shown) = &self.0
            && let Ok(mut current) = shown.state.stage.lock()
        {
            current.0 = stage.into();
            if shown.state.is_single() {
                current.1 = Instant::now();
                shown.state.seen.reset();
            }
        }
    }

    /// Tells that the file at `path` is written from now on, which nobody needs to know where
    /// there are several things to do; and counts what `out` is given.
    pub(super) fn writing<'w>(&self, path: &str, out: &'w mut dyn Write) -> Box<dyn Write + 'w> {
        match &self.0 {
            Some(shown) if shown.state.is_single() => {
                self.stage(format!("writing {path}"));
                let seen = Arc::clone(&shown.state.seen);
                Box::new(Counted { out, seen })
            }
            _ => Box::new(out),
        }
    }

    /// Tells how many things there are to do.
    pub(super) fn total(&self, total: usize) {
        if let Some(shown) = &self.0 {
            shown.state.total.store(total, Ordering::Relaxed);
        }
    }

    /// Counts what is read.
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

impl State {
    fn is_single(&self) -> bool {
        self.total.load(Ordering::Relaxed) <= 1
    }
}

/// Counts what is written.
struct Counted<'w> {
    out: &'w mut dyn Write,
    seen: Arc<Seen>,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.seen.count(written as u64, 0);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
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
        if let Ok(stage) = state.stage.lock() {
            let (name, since) = &*stage;
            let told = format!("{name}{}", amounts(state.seen.so_far(), since.elapsed()));
            bar.set_message(crate::report::escaped(&told).into_owned());
        }
        bar.tick();
        if ended.recv_timeout(TICK) != Err(mpsc::RecvTimeoutError::Timeout) {
            break;
        }
    }
    bar.finish_and_clear();
}

/// What was read or written in some time: ", 812 MB, 3,400,000 samples, 95 MB/s".
fn amounts((bytes, samples): (u64, u64), time: Duration) -> String {
    if bytes == 0 {
        return String::new();
    }
    let rate = bytes as f64 / time.as_secs_f64().max(0.001);
    let [bytes, rate] = [bytes as usize, rate as usize].map(size);
    let samples = match samples {
        0 => String::new(),
        _ => format!(", {} samples", HumanCount(samples)),
    };
    format!(", {bytes}{samples}, {rate}/s")
}
