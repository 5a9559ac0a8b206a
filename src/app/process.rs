//! What this process costs, as Linux tells it; on other systems nothing is known.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

static STARTED: Mutex<Option<Instant>> = Mutex::new(None);

/// Remembers when the program began; called again, when what is measured began.
pub fn mark_start() {
    *STARTED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

/// How long ago [`mark_start`] was called last; nothing if it never was.
#[must_use]
pub fn since_start() -> Duration {
    let started = *STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    started.map_or(Duration::ZERO, |started| started.elapsed())
}

/// Bytes of memory in use, and the most that ever were.
#[must_use]
pub fn resident_bytes() -> Option<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    };
    Some((kilobytes("VmRSS:")? * 1024, kilobytes("VmHWM:")? * 1024))
}

/// The time that the threads have spent on processors so far, by their names; threads that differ in a number
/// only count as one.
#[must_use]
pub fn thread_times() -> BTreeMap<String, Duration> {
    let mut times = BTreeMap::new();
    let Ok(folder) = fs::read_dir("/proc/self/task") else {
        return times;
    };
    for thread in folder.flatten() {
        let read = |name: &str| fs::read_to_string(thread.path().join(name));
        // A thread may have ended since the folder was listed.
        let (Ok(name), Ok(statistics)) = (read("comm"), read("schedstat")) else {
            continue;
        };
        let spent = statistics.split(' ').next().and_then(|first| first.parse().ok());
        let name = name
            .trim()
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        *times.entry(name.to_owned()).or_default() += Duration::from_nanos(spent.unwrap_or(0));
    }
    times
}

/// The share of one core that each kind of thread took between two looks, the largest first.
#[must_use]
pub fn shares(
    before: &BTreeMap<String, Duration>,
    after: &BTreeMap<String, Duration>,
    passed: Duration,
) -> Vec<(String, f32)> {
    let mut shares: Vec<(String, f32)> = after
        .iter()
        .map(|(name, time)| {
            let spent = time.saturating_sub(before.get(name).copied().unwrap_or_default());
            (name.clone(), spent.as_secs_f32() / passed.as_secs_f32().max(1e-6))
        })
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_time_that_passed_and_sorted() {
        let times = |a: u64, b: u64| {
            BTreeMap::from([
                ("a".to_owned(), Duration::from_millis(a)),
                ("b".to_owned(), Duration::from_millis(b)),
            ])
        };
        let shares = shares(&times(100, 50), &times(200, 550), Duration::from_secs(1));
        let [(first, most), (second, least)] = shares.as_slice() else {
            panic!("{shares:?}")
        };
        assert_eq!((first.as_str(), second.as_str()), ("b", "a"));
        assert!((most - 0.5).abs() < 1e-6 && (least - 0.1).abs() < 1e-6);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_memory_and_threads() {
        let (now, most) = resident_bytes().unwrap();
        assert!(now > 1_000_000 && most >= now);
        assert!(!thread_times().is_empty());
    }
}
