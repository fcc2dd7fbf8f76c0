package model

import "math"

// MaxStep is the longest step to the maximum, in standard errors, with which
// coefficients count as fitted.
const MaxStep = 1e-3

// System is what the rows say about coefficients.
type System struct {
	Score       []float64
	Information [][]float64 // symmetric, positive definite where no variable follows from others
	Variance    float64     // of a residual: 1 but for linear models
}

// Fit is where the rows would have the coefficients.
type Fit struct {
	Step   []float64 // from the given coefficients to the fitted ones
	Errors []float64 // standard errors
}

// Longest gives the longest component of the step, in standard errors.
func (f Fit) Longest() float64 {
	longest := 0.0
	for j, d := range f.Step {
		longest = max(longest, math.Abs(d)/f.Errors[j]) // NaN stays
	}
	return longest
}

// Solve gives the fit; false where a variable follows from the others, so nearly that
// doubles cannot tell, or a sum is not finite.
func (s System) Solve() (Fit, bool) {
	if !(s.Variance > 0) || math.IsInf(s.Variance, 0) {
		return Fit{}, false
	}
	inverse, ok := Invert(s.Information)
	if !ok {
		return Fit{}, false
	}
	var f Fit
	for j, row := range inverse {
		step := 0.0
		for k, v := range row {
			step += v * s.Score[k]
		}
		e := math.Sqrt(row[j] * s.Variance)
		if math.IsNaN(step) || math.IsInf(step, 0) || math.IsNaN(e) || math.IsInf(e, 0) || e == 0 {
			return Fit{}, false
		}
		f.Step, f.Errors = append(f.Step, step), append(f.Errors, e)
	}
	return f, true
}

// smallest is the least part of a variable, of what it has by itself, that may be left
// beside the others.
const smallest = 1e-11

// Invert gives the inverse of a symmetric positive definite matrix by Cholesky's
// factors of the matrix scaled to a diagonal of ones (N. Higham, Accuracy and Stability
// of Numerical Algorithms, 2nd ed., §10.1); false where it has none, or nearly none.
func Invert(a [][]float64) ([][]float64, bool) {
	n := len(a)
	scale := make([]float64, n)
	for j := range n {
		if scale[j] = math.Sqrt(a[j][j]); !(scale[j] > 0) || math.IsInf(scale[j], 0) {
			return nil, false
		}
	}
	l := square(n)
	for j := range n {
		for i := j; i < n; i++ {
			sum := a[i][j] / scale[i] / scale[j]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if i > j {
				l[i][j] = sum / l[j][j]
			} else if l[j][j] = math.Sqrt(sum); !(sum > smallest) {
				return nil, false
			}
		}
	}
	out := square(n)
	for column := range n {
		x := make([]float64, n)
		x[column] = 1
		for i := range n { // L z = e
			for k := range i {
				x[i] -= l[i][k] * x[k]
			}
			x[i] /= l[i][i]
		}
		for i := n - 1; i >= 0; i-- { // Lᵀ x = z
			for k := i + 1; k < n; k++ {
				x[i] -= l[k][i] * x[k]
			}
			x[i] /= l[i][i]
		}
		for i := range n {
			out[i][column] = x[i] / scale[i] / scale[column]
		}
	}
	return out, true
}

func square(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}

// Leverages gives, for each combination of 0/1 variables, how far the model could fit
// it alone: the trace of its part of the hat matrix, from 0 to 1, of a model of these
// variables and a constant. rows counts each combination. A variable that follows from
// those before it is left out.
func Leverages(patterns [][]float64, rows []int64) []float64 {
	var basis [][]float64 // orthonormal over the combinations, weighted by their rows
	for j := -1; len(patterns) > 0 && j < len(patterns[0]); j++ {
		v := make([]float64, len(patterns))
		for i, p := range patterns {
			if v[i] = math.Sqrt(float64(rows[i])); j >= 0 {
				v[i] *= p[j]
			}
		}
		before := norm(v)
		for range 2 { // twice is enough (Kahan, in B. Parlett, The Symmetric Eigenvalue Problem, §6.9)
			for _, b := range basis {
				subtract(v, b)
			}
		}
		if length := norm(v); length > 1e-9*before {
			for i := range v {
				v[i] /= length
			}
			basis = append(basis, v)
		}
	}
	out := make([]float64, len(patterns))
	for _, b := range basis {
		for i, x := range b {
			out[i] += x * x
		}
	}
	return out
}

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

// subtract takes from v its part along the unit vector b.
func subtract(v, b []float64) {
	dot := 0.0
	for i, x := range b {
		dot += x * v[i]
	}
	for i, x := range b {
		v[i] -= dot * x
	}
}
