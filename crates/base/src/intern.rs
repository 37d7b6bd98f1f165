//! Names as small numbers.

use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::fmt;
use std::sync::{LazyLock, RwLock};

/// An interned name. Equal names are equal numbers, in every file and thread; the number itself means nothing
/// and is never printed or sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sym(u32);

#[derive(Default)]
struct Table {
    ids: FxHashMap<&'static str, Sym>,
    names: Vec<&'static str>,
}

static TABLE: LazyLock<RwLock<Table>> = LazyLock::new(RwLock::default);

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
        if let Some((&key, &sym)) = TABLE.read().expect(poisoned).ids.get_key_value(name) {
            return (key, sym);
        }
        let mut table = TABLE.write().expect(poisoned);
        if let Some((&key, &sym)) = table.ids.get_key_value(name) {
            return (key, sym);
        }
        let sym = Self(u32::try_from(table.names.len()).expect("fewer than 2^32 names"));
        let key: &'static str = Box::leak(name.into());
        table.names.push(key);
        table.ids.insert(key, sym);
        (key, sym)
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
        TABLE.read().expect("the table of names is never left half-written").names[self.0 as usize]
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
