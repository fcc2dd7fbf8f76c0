package model

import (
	"math"
	"slices"
	"testing"
)

// textbook is a regression that others have published.
type textbook struct {
	name         string
	x            [][]float64
	y, time      []float64 // time for Cox
	score        func(b []float64, t textbook) System
	coefficients []float64
	errors       []float64
	rounding     float64   // of the published figures
	start        []float64 // nil is zero
}

func design(columns ...[]float64) [][]float64 {
	out := make([][]float64, len(columns[0]))
	for i := range out {
		for _, c := range columns {
			out[i] = append(out[i], c[i])
		}
	}
	return out
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }

// Henderson and Velleman, Building multiple regression models interactively, Biometrics
// 37 (1981): weight, transmission and mileage of 32 cars (R: mtcars).
var (
	weight = []float64{2.620, 2.875, 2.320, 3.215, 3.440, 3.460, 3.570, 3.190, 3.150, 3.440, 3.440, 4.070, 3.730, 3.780, 5.250, 5.424,
		5.345, 2.200, 1.615, 1.835, 2.465, 3.520, 3.435, 3.840, 3.845, 1.935, 2.140, 1.513, 3.170, 2.770, 3.570, 2.780}
	manual = []float64{1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1}
	miles  = []float64{21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4,
		14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4}
)

// Freireich et al., Blood 21 (1963): weeks of remission of 42 patients, and who had
// 6-MP; 1 marks a relapse.
var (
	weeks = []float64{6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35,
		1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23}
	relapse = append([]float64{1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0}, ones(21)...)
	control = append(make([]float64, 21), ones(21)...)
)

func textbooks() []textbook {
	// Dobson, An Introduction to Generalized Linear Models (1990), page 93.
	counts := []float64{18, 17, 15, 20, 10, 20, 25, 13, 12}
	is := func(level, each int) []float64 {
		out := make([]float64, 9)
		for i := range out {
			if i/each%3 == level {
				out[i] = 1
			}
		}
		return out
	}
	return []textbook{
		{name: "linear", x: design(ones(32), weight), y: miles, score: generalised(func(eta, y float64) (r, w float64) { return y - eta, 1 }),
			coefficients: []float64{37.2851, -5.3445}, errors: []float64{1.8776, 0.5591}, rounding: 1e-4},
		{name: "logistic", x: design(ones(32), weight), y: manual, score: generalised(logistic), coefficients: []float64{12.040, -4.024}, errors: []float64{4.510, 1.436}, rounding: 1e-3},
		{name: "poisson", x: design(ones(9), is(1, 1), is(2, 1), is(1, 3), is(2, 3)), y: counts,
			score:        generalised(func(eta, y float64) (r, w float64) { return y - math.Exp(eta), math.Exp(eta) }),
			coefficients: []float64{3.0445, -0.4543, -0.2930, 0, 0}, errors: []float64{0.1709, 0.2022, 0.1927, 0.2, 0.2}, rounding: 1e-4, start: []float64{2, 0, 0, 0, 0}},
		{name: "cox", x: design(control), y: relapse, time: weeks, score: breslow, coefficients: []float64{1.509}, errors: []float64{0.4096}, rounding: 1e-3},
	}
}

func logistic(eta, y float64) (r, w float64) {
	mu := 1 / (1 + math.Exp(-eta))
	return y - mu, mu * (1 - mu)
}

func generalised(of func(eta, y float64) (r, w float64)) func([]float64, textbook) System {
	return func(b []float64, t textbook) System {
		n := len(b)
		s := System{Score: make([]float64, n), Information: square(n), Variance: 1}
		squares := 0.0
		for i, x := range t.x {
			eta := 0.0
			for j := range b {
				eta += b[j] * x[j]
			}
			r, w := of(eta, t.y[i])
			squares += r * r
			for j := range b {
				s.Score[j] += r * x[j]
				for k := range b {
					s.Information[j][k] += w * x[j] * x[k]
				}
			}
		}
		if t.name == "linear" {
			s.Variance = squares / float64(len(t.x)-n)
		}
		return s
	}
}

// breslow is of one variable.
func breslow(b []float64, t textbook) System {
	s := System{Score: []float64{0}, Information: square(1), Variance: 1}
	for i, event := range t.y {
		s0, s1, s2 := 0.0, 0.0, 0.0
		for k, x := range t.x {
			if t.time[k] >= t.time[i] {
				e := math.Exp(b[0] * x[0])
				s0, s1, s2 = s0+e, s1+e*x[0], s2+e*x[0]*x[0]
			}
		}
		s.Score[0] += event * (t.x[i][0] - s1/s0)
		s.Information[0][0] += event * (s2/s0 - s1*s1/s0/s0)
	}
	return s
}

// TestTextbooks walks from a start to the fit by Newton's steps, finds the published
// figures there, and takes them; a hundredth of a standard error beside them, it does
// not.
func TestTextbooks(t *testing.T) {
	for _, c := range textbooks() {
		b := slices.Clone(c.start)
		if b == nil {
			b = make([]float64, len(c.coefficients))
		}
		var fit Fit
		for range 30 {
			var ok bool
			if fit, ok = c.score(b, c).Solve(); !ok {
				t.Fatalf("%s: no step", c.name)
			}
			for j, d := range fit.Step {
				b[j] += d
			}
		}
		for j := range b {
			if math.Abs(b[j]-c.coefficients[j]) > c.rounding || math.Abs(fit.Errors[j]-c.errors[j]) > c.rounding {
				t.Errorf("%s: coefficient %d is %.5f (%.5f), published %.5f (%.5f)", c.name, j, b[j], fit.Errors[j], c.coefficients[j], c.errors[j])
			}
		}
		at, ok := c.score(b, c).Solve()
		if !ok || at.Longest() > 1e-9 {
			t.Errorf("%s: the fit is %g standard errors from itself", c.name, at.Longest())
		}
		for j := range b {
			for _, e := range []float64{-1, 1} {
				off := slices.Clone(b)
				off[j] += e * fit.Errors[j] / 100
				beside, ok := c.score(off, c).Solve()
				if !ok || beside.Longest() <= MaxStep {
					t.Errorf("%s: coefficient %d a hundredth of a standard error off is taken", c.name, j)
				}
				off[j] = b[j] + e*fit.Errors[j]*MaxStep/2
				beside, ok = c.score(off, c).Solve()
				if !ok || beside.Longest() > MaxStep {
					t.Errorf("%s: coefficient %d within half the tolerance is refused", c.name, j)
				}
				if gap := math.Abs(off[j] + beside.Step[j] - b[j]); gap > MaxStep*MaxStep*fit.Errors[j]*10 {
					t.Errorf("%s: a step from within the tolerance ends %g of a standard error away", c.name, gap/fit.Errors[j])
				}
			}
		}
	}
}

func TestSolveRefuses(t *testing.T) {
	for name, s := range map[string]System{
		"a variable twice": {Score: []float64{0, 0}, Information: [][]float64{{2, 2}, {2, 2}}, Variance: 1},
		"nearly":           {Score: []float64{0, 0}, Information: [][]float64{{1, 1}, {1, 1 + 1e-12}}, Variance: 1},
		"a constant":       {Score: []float64{0}, Information: [][]float64{{0}}, Variance: 1},
		"negative":         {Score: []float64{0}, Information: [][]float64{{-1}}, Variance: 1},
		"NaN":              {Score: []float64{math.NaN()}, Information: [][]float64{{1}}, Variance: 1},
		"infinite":         {Score: []float64{0}, Information: [][]float64{{math.Inf(1)}}, Variance: 1},
		"no variance":      {Score: []float64{0}, Information: [][]float64{{1}}},
	} {
		if f, ok := s.Solve(); ok {
			t.Errorf("%s: %+v", name, f)
		}
	}
	// A year and its square are as near to each other as honest terms come.
	far := System{Score: []float64{0, 0}, Information: [][]float64{{1, 2020}, {2020, 2020*2020 + 2}}, Variance: 1}
	if _, ok := far.Solve(); !ok {
		t.Error("a constant and a year are refused")
	}
}

// TestLeverages holds that a combination with a parameter of its own has leverage one,
// and that the leverages add up to the parameters.
func TestLeverages(t *testing.T) {
	saturated := Leverages([][]float64{{0, 0, 0}, {0, 1, 0}, {1, 0, 0}, {1, 1, 1}}, []int64{500, 300, 1, 200})
	for i, h := range saturated {
		if math.Abs(h-1) > 1e-12 {
			t.Errorf("saturated: combination %d has leverage %g", i, h)
		}
	}
	additive := Leverages([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, []int64{500, 300, 1, 200})
	sum := 0.0
	for _, h := range additive {
		sum += h
	}
	if math.Abs(sum-3) > 1e-12 || additive[2] > 0.02 {
		t.Errorf("additive: %v", additive)
	}
	if twice := Leverages([][]float64{{0, 0}, {1, 1}}, []int64{3, 4}); math.Abs(twice[0]+twice[1]-2) > 1e-12 {
		t.Errorf("a term twice: %v", twice)
	}
	if len(Leverages(nil, nil)) != 0 {
		t.Error("nothing has a leverage")
	}
}
