package detect

import "testing"

// BenchmarkFind looks inside of sentences as remarks have them.
func BenchmarkFind(b *testing.B) {
	for name, text := range map[string]string{
		"plain":   "体检正常，第 17 次建议复查血压，注意休息和饮食，三个月后再来。",
		"number":  "家属身份证号11010519491231002X，请电话联系13899815157。",
		"title":   "请王医生联系张建国先生，患者情绪稳定，主任已同意出院",
		"address": "患者王芳，家住云南省昆明市五华区翠湖南路12号3栋501，2020年5月3日入院。",
		"english": "The patient was seen on 2024-01-31 at 10:30 and left without any complaint.",
	} {
		b.Run(name, func(b *testing.B) {
			var spans []Span
			value := []byte(text)
			b.SetBytes(int64(len(value)))
			b.ReportAllocs()
			for b.Loop() {
				spans = detector().Find(spans[:0], value)
			}
		})
	}
}
