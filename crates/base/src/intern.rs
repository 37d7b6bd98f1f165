//! Names as small numbers.

use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::fmt;
use std::sync::{LazyLock, OnceLock, RwLock};

/// An interned name. Equal names are equal numbers, in every file and thread; the number itself means nothing
/// and is never printed or sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sym(u32);

static IDS: LazyLock<RwLock<FxHashMap<&'static str, Sym>>> = LazyLock::new(RwLock::default);

/// Names by their numbers, in blocks of 64, 128, 256 …, so that none ever moves and reading one takes no lock.
static NAMES: [OnceLock<Box<[OnceLock<&'static str>]>>; 27] = [const { OnceLock::new() }; 27];

/// How large the first block is, as a power of two.
const FIRST: u32 = 6;

/// The block of a number, and where in it the number stands.
fn slot(number: u32) -> (usize, usize) {
    let n = u64::from(number) + (1 << FIRST);
    let block = n.ilog2();
    ((block - FIRST) as usize, (n - (1 << block)) as usize)
}

thread_local! {
    /// Names that this thread has met, so that the shared table is locked once a name and thread.
    static SEEN: RefCell<FxHashMap<&'static str, Sym>> = RefCell::default();
}

impl Sym {
    /// The number of a name.
    pub fn new(name: &str) -> Self {
        SEEN.with_borrow_mut(|seen| {
            if let Some(&sym) = seen.get(name) {
                return sym;
            }
            let (key, sym) = Self::shared(name);
            seen.insert(key, sym);
            sym
        })
    }

    fn shared(name: &str) -> (&'static str, Self) {
        let poisoned = "the table of names is never left half-written";
        if let Some((&key, &sym)) = IDS.read().expect(poisoned).get_key_value(name) {
            return (key, sym);
        }
        let mut ids = IDS.write().expect(poisoned);
        if let Some((&key, &sym)) = ids.get_key_value(name) {
            return (key, sym);
        }
        let number = u32::try_from(ids.len()).expect("fewer than 2^32 names");
        let key: &'static str = Box::leak(name.into());
        let (block, at) = slot(number);
        let names = NAMES[block].get_or_init(|| vec![OnceLock::new(); 1 << (block as u32 + FIRST)].into());
        // The lock on the numbers is held, so nobody else fills this one.
        let _ = names[at].set(key);
        ids.insert(key, Self(number));
        (key, Self(number))
    }

    /// The number itself, for packing; meaningful in this process only.
    pub fn to_raw(self) -> u32 {
        self.0
    }

    /// The name that [`Sym::to_raw`] gave this number.
    pub fn from_raw(raw: u32) -> Self {
        Self(raw)
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        let (block, at) = slot(self.0);
        NAMES[block].get().and_then(|names| names[at].get()).expect("numbers are given out with their names")
    }
}

/// By the name, so that what is sorted comes out the same in every run.
impl Ord for Sym {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self.0 == other.0 { std::cmp::Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl PartialOrd for Sym {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl From<&str> for Sym {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_place_of_its_own() {
        let mut before = (0, usize::MAX);
        for number in 0..5_000 {
            let (block, at) = slot(number);
            let size = 1_usize << (block as u32 + FIRST);
            assert!(at < size);
            let next = if before.1 == usize::MAX { (0, 0) } else { (before.0, before.1 + 1) };
            assert!((block, at) == next || (block, at) == (before.0 + 1, 0), "{number}");
            before = (block, at);
        }
        assert_eq!(slot(u32::MAX).0, NAMES.len() - 1);
    }

    #[test]
    fn names_come_back_in_every_thread() {
        let names: Vec<String> = (0..2_000).map(|n| format!("name_{n}")).collect();
        let read = || names.iter().map(|n| Sym::new(n)).collect::<Vec<Sym>>();
        let (one, two) = std::thread::scope(|s| {
            let (one, two) = (s.spawn(read), s.spawn(read));
            (one.join().unwrap(), two.join().unwrap())
        });
        assert_eq!(one, two);
        for (sym, name) in one.iter().zip(&names) {
            assert_eq!(sym.as_str(), name);
        }
    }
}
