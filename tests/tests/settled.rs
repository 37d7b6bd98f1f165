//! Cases on which the evaluators once differed, or on which they easily could.

use dossier_tests::settled::{CASES, first_wrong, naive};

#[test]
fn both_evaluators_come_to_what_was_settled() {
    assert_eq!(first_wrong(), None, "the real evaluator");
    for case in CASES {
        assert_eq!(naive(case), case.outcome, "the naive evaluator: {}", case.what);
    }
}
