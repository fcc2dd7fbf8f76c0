//! Makes the record of one person: was there a visit for a disease of the
//! circulatory system, and how many visits? It sees that person's rows of claims
//! alone, in an instance that ends with that person.

use yingbi::{Result, Subject};

yingbi::map!(one);

// The fields of a record, as job.yaml declares them.
const CIRCULATORY: i32 = 0;
const VISITS: i32 = 1;
const MOST_VISITS: i64 = 1000;

fn one(s: &Subject) -> Result<()> {
    let mut claims = s.input("claims")?;
    let (mut visits, mut circulatory) = (0, false);
    while let Some(frame) = claims.next()? {
        let chapter = frame.column("icd_chapter")?;
        visits += frame.rows as i64;
        circulatory |= (0..frame.rows).any(|i| chapter.text(i) == "IX");
    }
    s.record(CIRCULATORY, circulatory.into())?;
    s.record(VISITS, visits.min(MOST_VISITS))
}

/// Makes records outside the domain, over rows that the tests make.
#[cfg(test)]
mod tests {
    use super::*;
    use yingbi::{encode, trial_map, Given, InputKind, Values};

    fn claims(chapters: &[&str]) -> Given {
        let mut chapter = Values::text("icd_chapter");
        chapters.iter().for_each(|c| chapter.push(c));
        Given { name: "claims".into(), kind: InputKind::Rows, frames: vec![encode(&[&chapter]).unwrap()] }
    }

    #[test]
    fn record() {
        for (chapters, circulatory, visits) in [(&[][..], 0, 0), (&["X", "XI"], 0, 2), (&["X", "IX", "IX"], 1, 3), (&[""; 2000], 0, 1000)] {
            let done = trial_map(one, vec![claims(chapters)]);
            assert_eq!(done.result, Ok(()));
            assert_eq!((done.record[&CIRCULATORY], done.record[&VISITS]), (circulatory, visits));
        }
    }

    #[test]
    fn without_its_input() {
        assert!(trial_map(one, vec![]).result.is_err());
    }
}
