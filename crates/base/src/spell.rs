//! "Did you mean": the names nearest to one that nobody knows.

/// The names nearest to `name`, best first, at most three, none that is farther than a third of its letters.
/// Where names start alike (`auth`, `authentication`) the longer counts as near too.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // One letter is near to every other.
    let limit = if name.chars().nth(1).is_some() { (name.chars().count().max(3)) / 3 } else { 0 };
    let lower = name.to_lowercase();
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|c| {
            let distance = distance(&lower, &c.to_lowercase());
            let prefix = lower.len() >= 3 && (c.to_lowercase().starts_with(&lower) || same_words(&lower, c));
            (distance <= limit || prefix).then_some((distance, c))
        })
        .collect();
    found.sort();
    found.dedup();
    // Where one is near, what is far is noise.
    let best = found.first().map_or(0, |f| f.0);
    found.retain(|f| f.0 <= best + 1);
    found.truncate(3);
    found.into_iter().map(|(_, c)| c).collect()
}

/// Whether two snake_case or hyphenated names are made of the same words.
fn same_words(a: &str, b: &str) -> bool {
    let words = |s: &str| {
        let mut w: Vec<String> = s.to_lowercase().split(['_', '-']).map(str::to_owned).collect();
        w.sort();
        w
    };
    words(a) == words(b)
}

/// Edits (insert, delete, replace, swap of neighbours) between two texts.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// "did you mean `a`?", "did you mean `a` or `b`?", or nothing.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    match nearest(name, candidates).as_slice() {
        [] => None,
        [a] => Some(format!("did you mean `{a}`?")),
        [a, b] => Some(format!("did you mean `{a}` or `{b}`?")),
        [a, b, c, ..] => Some(format!("did you mean `{a}`, `{b}` or `{c}`?")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("wfi", ["wifi", "usb", "bluetooth"]), ["wifi"]);
        assert_eq!(nearest("conections", ["connections", "functions"]), ["connections"]);
        assert_eq!(nearest("automatic_logof", ["automatic_logoff", "audit_logging"]), ["automatic_logoff"]);
        assert!(nearest("zzz", ["wifi", "usb"]).is_empty());
        assert!(nearest("2", ["I", "II", "III"]).is_empty());
        assert_eq!(nearest("b", ["A", "B"]), ["B"]);
        assert_eq!(nearest("default_passwords_no", ["no_default_passwords"]), ["no_default_passwords"]);
    }
}
