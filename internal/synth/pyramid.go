package synth

// ageGroups are who is 1 to 5, 6 to 10, … 96 to 100 at the end of 2024: per ten thousand
// of all, and men per thousand of these. They are near the census of 2020.
var ageGroups = [years / 5]struct{ share, men int }{
	{552, 527}, {639, 533}, {605, 535}, {516, 538}, {531, 528},
	{651, 519}, {879, 510}, {702, 511}, {657, 512}, {811, 508},
	{858, 504}, {718, 501}, {520, 500}, {525, 489}, {353, 487},
	{221, 470}, {144, 445}, {76, 410}, {26, 360}, {16, 310},
}

// pyramid gives the people of one block: grown-up women and men, each with the
// oldest last, and children. The ages stand as they do in ageGroups, whatever the seed.
func pyramid() (women, men, children []born) {
	total := 0
	for _, g := range ageGroups {
		total += g.share
	}
	upTo, group, owed := ageGroups[0].share, 0, 0
	for i := range blockPeople {
		at := i * total // in units of 1/65,536 of a share
		for at >= upTo*blockPeople {
			group++
			upTo += ageGroups[group].share
		}
		g := ageGroups[group]
		within := at - (upTo-g.share)*blockPeople
		p := born{year: firstYear + years - 1 - group*5 - within*5/(g.share*blockPeople)}
		if owed += g.men; owed >= 1000 { // as many men as are due so far
			owed -= 1000
			p.male = true
		}
		switch {
		case p.year > adultYear:
			children = append(children, p)
		case p.male:
			men = append(men, p)
		default:
			women = append(women, p)
		}
	}
	return women, men, children
}
