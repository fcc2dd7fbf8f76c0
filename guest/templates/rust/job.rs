//! How dear is a visit in each district, in per cent of the mean of all districts?
//! The job sees the finished table by_district, and no row of anybody.

use yingbi::{Frame, Job, Result, Values};

yingbi::run!(job);

/// One row of the input.
struct District {
    name: Option<String>, // bills without a district are a row too
    visits: i64,
    cost: f64,
    withheld: bool, // by disclosure control
}

fn job(j: &Job) -> Result<()> {
    let mut input = j.input("by_district")?;
    let mut all = Vec::new();
    while let Some(frame) = input.next()? {
        collect(&mut all, &frame)?;
    }
    let published = || all.iter().filter(|d| !d.withheld);
    let visits: f64 = published().map(|d| d.visits as f64).sum();
    let cost: f64 = published().map(|d| d.cost).sum();

    let (mut name, mut index) = (Values::text("district"), Values::decimal("index", 18, 1));
    for d in &all {
        match &d.name {
            Some(text) => name.push(text),
            None => name.push_null(),
        }
        if d.withheld || cost == 0.0 {
            index.push_null();
            continue;
        }
        // (cost / visits) / (all cost / all visits), in tenths of a per cent
        let ratio = (d.cost / d.visits as f64) / (cost / visits);
        index.push((1000.0 * ratio).round() as i64);
    }
    j.emit("index", &[&name, &index])
}

/// Adds the rows of a frame.
fn collect(all: &mut Vec<District>, f: &Frame) -> Result<()> {
    let (name, visits, cost) = (f.column("district")?, f.column("visits")?, f.column("cost")?);
    for i in 0..f.rows {
        let withheld = visits.is_null(i) || cost.is_null(i) || visits.ints()?[i] == 0;
        let text = (!name.is_null(i)).then(|| name.text(i).into());
        all.push(District { name: text, visits: visits.ints()?[i], cost: cost.floats()?[i], withheld });
    }
    Ok(())
}

/// Runs the job outside the domain, over tables that the tests make.
#[cfg(test)]
mod tests {
    use super::job;
    use yingbi::{encode, format_decimal, trial, Given, InputKind, Values};

    fn given() -> Given {
        let mut district = Values::text("district");
        let (mut visits, mut cost) = (Values::integer("visits"), Values::double("cost"));
        for (name, n, each) in [("江北", 300, 100.0), ("江南", 100, 300.0)] {
            district.push(name);
            visits.push(n);
            cost.push(n as f64 * each);
        }
        district.push("山里"); // withheld by disclosure control
        visits.push_null();
        cost.push_null();
        let frame = encode(&[&district, &visits, &cost]).unwrap();
        Given { name: "by_district".into(), kind: InputKind::Finished, frames: vec![frame] }
    }

    #[test]
    fn index() {
        let done = trial(job, vec![given()]);
        assert_eq!(done.result, Ok(()));
        assert_eq!(done.emitted[0].output, "index");
        let f = done.emitted[0].frame();
        let (district, index) = (f.column("district").unwrap(), f.column("index").unwrap());
        let text = |i| if index.is_null(i) { "-".into() } else { format_decimal(index.ints().unwrap()[i], index.scale) };
        let got: Vec<_> = (0..f.rows).map(|i| format!("{} {}", district.text(i), text(i))).collect();
        // All: 400 visits for 60,000 yuan, 150 each.
        assert_eq!(got, ["江北 66.7", "江南 200.0", "山里 -"]);
    }

    #[test]
    fn without_its_input() {
        assert!(trial(job, vec![]).result.is_err());
    }
}
