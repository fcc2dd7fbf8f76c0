package abi

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"yingbi/internal/coltype"
)

func goodRequests() []*Request {
	text, decimal := coltype.Type{Kind: coltype.Text}, coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}
	return []*Request{
		{Task: TaskIngest, Ingest: &IngestRequest{Format: "csv", Delimiter: "\t", BatchRows: 10, Columns: []IngestColumn{
			{Name: "金额", Source: "cost", Type: decimal, Nulls: []string{"", "NULL", "<空>"}, Required: true},
			{Name: "时间", Type: coltype.Type{Kind: coltype.Timestamp}, Zone: "Asia/Shanghai"},
		}}},
		{Task: TaskCompile, Compile: &CompileRequest{MaxPages: 4096}},
		{Task: TaskQuery, Query: &QueryRequest{Threads: 2, Memory: 1 << 28, Views: []View{{Name: "claims", FD: 5, Columns: []string{"cost"}}},
			Statements: []Statement{{Name: "t", SQL: `select sum("cost") from "claims" where x < ?`, Result: []ResultColumn{{Name: "s", Type: decimal}},
				Args: []Value{{Type: text, Text: "是"}, {Type: text, Null: true}, {Type: decimal, Int: -5}, {Type: coltype.Type{Kind: coltype.Double}, Float: 1e300}}}}}},
		{Task: TaskGuest, Guest: &GuestRequest{ModuleFD: 5, CodeFD: 6, Views: []View{{Name: "v", FD: 7}}, Tables: []GuestTable{{Name: "t", FD: 8}},
			Outputs: []string{"结果"}, Seed: []byte{1, 2}, Now: time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC), MaxItemBytes: math.MaxInt64}},
		{Task: TaskInspect, Inspect: &InspectRequest{Format: FormatCSV, Encoding: EncodingGBK}},
		{Task: TaskPrepare, Prepare: &PrepareRequest{Columns: []string{"金额", "__subject_person"}, Cluster: "__subject_person", Threads: 2, Memory: 1 << 28}},
		{Task: TaskQuery, Query: &QueryRequest{Threads: 2, Memory: 1, Views: []View{{Name: "claims", FD: 5, Columns: []string{"cost"}, Engine: true}}}},
		{Task: TaskGuest, Guest: &GuestRequest{ModuleFD: 5, CodeFD: 6, Views: []View{{Name: "v", FD: 7}}, AnyOutput: true, Seed: []byte{1}, Now: time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC)}},
		explore(func(*ExploreRequest) {}),
		{Task: TaskMap, Map: &MapRequest{ModuleFD: 5, CodeFD: 6, CountsFD: 7, Views: []View{{Name: "stays", FD: 8, Columns: []string{"days"}}}, Batch: 1, MaxPages: 16,
			Fields: []MapField{{Name: "再入院", Max: 1}, {Name: "score", Min: -5, Max: 5}}, Seed: []byte{1}, Now: time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC)}},
	}
}

func TestRequestsComeBackAsTheyWere(t *testing.T) {
	for _, want := range goodRequests() {
		b, err := EncodeRequest(want)
		if err != nil {
			t.Fatal(want.Task, err)
		}
		got, err := DecodeRequest(b)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", want.Task, got, err)
		}
	}
}

func TestDecodeRequestTakesOneSpelling(t *testing.T) {
	b, err := EncodeRequest(goodRequests()[1])
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	for name, bad := range map[string]string{
		"empty":          "",
		"null":           "null",
		"not JSON":       "{",
		"space":          good + " ",
		"second value":   good + good,
		"unknown field":  strings.Replace(good, `"MaxPages"`, `"Shell":"x","MaxPages"`, 1),
		"repeated field": strings.Replace(good, `"MaxPages"`, `"MaxPages":1,"MaxPages"`, 1),
		"other case":     strings.Replace(good, `"MaxPages"`, `"maxpages"`, 1),
		"other number":   strings.Replace(good, `4096`, `4.096e3`, 1),
		"no task":        strings.Replace(good, `"compile"`, `""`, 1),
		"other task":     strings.Replace(good, `"compile"`, `"guest"`, 1),
		"too long":       strings.Repeat(" ", MaxRequest+1),
	} {
		if _, err := DecodeRequest([]byte(bad)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestRequestsThatContradictThemselves(t *testing.T) {
	integer := coltype.Type{Kind: coltype.Integer}
	ingest := func(change func(*IngestRequest)) *Request {
		r := goodRequests()[0]
		change(r.Ingest)
		return r
	}
	query := func(change func(*QueryRequest)) *Request {
		r := goodRequests()[2]
		change(r.Query)
		return r
	}
	value := func(v Value) *Request {
		return query(func(r *QueryRequest) { r.Statements[0].Args = []Value{v} })
	}
	guest := func(change func(*GuestRequest)) *Request {
		r := goodRequests()[3]
		change(r.Guest)
		return r
	}
	prepare := func(change func(*PrepareRequest)) *Request {
		r := goodRequests()[5]
		change(r.Prepare)
		return r
	}
	mapping := func(change func(*MapRequest)) *Request {
		list := goodRequests()
		r := list[len(list)-1]
		change(r.Map)
		return r
	}
	for name, r := range map[string]*Request{
		"nothing":              {Task: TaskIngest},
		"two tasks":            {Task: TaskCompile, Compile: &CompileRequest{}, Guest: &GuestRequest{}},
		"format":               ingest(func(r *IngestRequest) { r.Format = "ods" }),
		"no format":            ingest(func(r *IngestRequest) { r.Format = "" }),
		"encoding":             ingest(func(r *IngestRequest) { r.Encoding = "big5" }),
		"long delimiter":       ingest(func(r *IngestRequest) { r.Delimiter = "||" }),
		"quote delimiter":      ingest(func(r *IngestRequest) { r.Delimiter = `"` }),
		"line delimiter":       ingest(func(r *IngestRequest) { r.Delimiter = "\n" }),
		"Chinese delimiter":    ingest(func(r *IngestRequest) { r.Delimiter = "，" }),
		"no columns":           ingest(func(r *IngestRequest) { r.Columns = nil }),
		"no column type":       ingest(func(r *IngestRequest) { r.Columns[0].Type = coltype.Type{} }),
		"column twice":         ingest(func(r *IngestRequest) { r.Columns[1].Name = r.Columns[0].Name }),
		"null not UTF-8":       ingest(func(r *IngestRequest) { r.Columns[0].Nulls = []string{"\xff"} }),
		"batch":                ingest(func(r *IngestRequest) { r.BatchRows = -1 }),
		"nothing to prepare":   prepare(func(r *PrepareRequest) { r.Columns = nil }),
		"prepared twice":       prepare(func(r *PrepareRequest) { r.Columns[1] = r.Columns[0] }),
		"sorted by another":    prepare(func(r *PrepareRequest) { r.Cluster = "cost" }),
		"prepared by nobody":   prepare(func(r *PrepareRequest) { r.Threads = 0 }),
		"prepared in nothing":  prepare(func(r *PrepareRequest) { r.Memory = 0 }),
		"engine, one thread":   query(func(r *QueryRequest) { r.Threads, r.Views[0].Engine = 1, true }),
		"any output and some":  guest(func(r *GuestRequest) { r.Tables, r.AnyOutput = nil, true }),
		"any output of tables": guest(func(r *GuestRequest) { r.Outputs, r.AnyOutput = nil, true }),
		"engine for a guest":   guest(func(r *GuestRequest) { r.Views[0].Engine = true }),
		"threads":              query(func(r *QueryRequest) { r.Threads = 0 }),
		"memory":               query(func(r *QueryRequest) { r.Memory = 0 }),
		"view on fd 4":         query(func(r *QueryRequest) { r.Views[0].FD = 4 }),
		"view without name":    query(func(r *QueryRequest) { r.Views[0].Name = "" }),
		"view column":          query(func(r *QueryRequest) { r.Views[0].Columns[0] = "\x00" }),
		"view column twice":    query(func(r *QueryRequest) { r.Views[0].Columns = []string{"a", "a"} }),
		"no result":            query(func(r *QueryRequest) { r.Statements[0].Result = nil }),
		"result type":          query(func(r *QueryRequest) { r.Statements[0].Result[0].Type = coltype.Type{} }),
		"statement name":       query(func(r *QueryRequest) { r.Statements[0].Name = "" }),
		"SQL not UTF-8":        query(func(r *QueryRequest) { r.Statements[0].SQL = "\xff" }),
		"value without type":   value(Value{Int: 1}),
		"null with a value":    value(Value{Type: integer, Null: true, Int: 1}),
		"integer with a text":  value(Value{Type: integer, Text: "x"}),
		"text with a number":   value(Value{Type: coltype.Type{Kind: coltype.Text}, Int: 1}),
		"exploring an engine":  explore(func(r *ExploreRequest) { r.Views[0].Engine = true }),
		"explored by nobody":   explore(func(r *ExploreRequest) { r.Memory = 0 }),
		"less than no rows":    explore(func(r *ExploreRequest) { r.MaxRows = -1 }),
		"strange bytes":        explore(func(r *ExploreRequest) { r.SQL = "\xff" }),
		"explored fd 3":        explore(func(r *ExploreRequest) { r.Views[0].FD = 3 }),
		"NaN":                  value(Value{Type: coltype.Type{Kind: coltype.Double}, Float: math.NaN()}),
		"infinity":             value(Value{Type: coltype.Type{Kind: coltype.Double}, Float: math.Inf(1)}),
		"boolean 2":            value(Value{Type: coltype.Type{Kind: coltype.Boolean}, Int: 2}),
		"boolean -1":           value(Value{Type: coltype.Type{Kind: coltype.Boolean}, Int: -1}),
		"date":                 value(Value{Type: coltype.Type{Kind: coltype.Date}, Int: 1 << 32}),
		"decimal":              value(Value{Type: coltype.Type{Kind: coltype.Decimal, Precision: 1}, Int: 10}),
		"module on fd 3":       guest(func(r *GuestRequest) { r.ModuleFD = 3 }),
		"items":                guest(func(r *GuestRequest) { r.MaxItems = -1 }),
		"output":               guest(func(r *GuestRequest) { r.Outputs = []string{""} }),
		"counts on fd 4":       mapping(func(r *MapRequest) { r.CountsFD = 4 }),
		"code on fd 4":         mapping(func(r *MapRequest) { r.CodeFD = 4 }),
		"log below zero":       mapping(func(r *MapRequest) { r.MaxLog = -1 }),
		"no batch":             mapping(func(r *MapRequest) { r.Batch = 0 }),
		"a large batch":        mapping(func(r *MapRequest) { r.Batch = MaxMapBatch + 1 }),
		"no field":             mapping(func(r *MapRequest) { r.Fields = nil }),
		"many fields":          mapping(func(r *MapRequest) { r.Fields = make([]MapField, MaxMapFields+1) }),
		"field without value":  mapping(func(r *MapRequest) { r.Fields[0].Min = 2 }),
		"field twice":          mapping(func(r *MapRequest) { r.Fields[1].Name = r.Fields[0].Name }),
		"field named failed":   mapping(func(r *MapRequest) { r.Fields[0].Name = ColumnFailed }),
		"nothing to map":       mapping(func(r *MapRequest) { r.Views = nil }),
		"mapped to nothing":    mapping(func(r *MapRequest) { r.Views[0].Columns = nil }),
		"engine to map":        mapping(func(r *MapRequest) { r.Views[0].Engine = true }),
		"table named as view":  guest(func(r *GuestRequest) { r.Tables[0].Name = "v" }),
	} {
		if _, err := EncodeRequest(r); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzRequest(f *testing.F) {
	for _, r := range goodRequests() {
		b, err := EncodeRequest(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRequest(b)
		if err != nil {
			return
		}
		if again, err := EncodeRequest(r); err != nil || !bytes.Equal(again, b) {
			t.Errorf("accepted, but encodes differently (%v)", err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, rows := range []int{0, 1, 9} {
		for _, nulls := range []bool{false, true} {
			b, err := Encode(nil, sample(rows, nulls))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := Decode(b, roomy)
		if err != nil {
			return
		}
		if again, err := Encode(nil, frame); err != nil || !bytes.Equal(again, b) {
			t.Errorf("accepted, but encodes differently (%v)", err)
		}
	})
}

func FuzzReadMessage(f *testing.F) {
	for _, m := range []Message{
		{Kind: MsgFrame, Name: "rows", Payload: []byte{1, 2}}, {Kind: MsgLog, Payload: []byte("x")},
		{Kind: MsgFailure, Payload: []byte("engine 2")}, {Kind: MsgDone},
	} {
		var b bytes.Buffer
		if err := WriteMessage(&b, m); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		m, err := ReadMessage(r, Limits{Bytes: 1 << 16})
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteMessage(&again, m); err != nil || !bytes.Equal(again.Bytes(), b[:len(b)-r.Len()]) {
			t.Errorf("accepted, but encodes differently (%v)", err)
		}
	})
}

func explore(change func(*ExploreRequest)) *Request {
	r := &ExploreRequest{Views: []View{{Name: "人", FD: 5, Columns: []string{"n"}}}, SQL: "SELECT '<&>'", MaxRows: 10, Memory: 1 << 20}
	change(r)
	return &Request{Task: TaskExplore, Explore: r}
}

// TestAhead: the beginning of a request is a request, begins itself, and says nothing
// of what comes later.
func TestAhead(t *testing.T) {
	waits := 0
	for _, r := range append(goodRequests(), &Request{Task: TaskGuest, Guest: &GuestRequest{ModuleFD: 5, CodeFD: 6, SQL: true}}) {
		head, ok := r.Ahead()
		if want := r.Explore != nil || r.Guest != nil && !r.Guest.SQL; ok != want {
			t.Errorf("%s: a cell can wait: %v", r.Task, ok)
		}
		again := *r
		again.Waits = InputFD + 4
		if _, err := EncodeRequest(&again); (err == nil) != (r.Explore != nil || r.Guest != nil) {
			t.Errorf("%s waits: %v", r.Task, err)
		}
		if !ok {
			continue
		}
		waits++
		twice, _ := head.Ahead()
		if !reflect.DeepEqual(head, twice) {
			t.Errorf("%+v begins with %+v", head, twice)
		}
		head.Waits = InputFD + 4
		b, err := EncodeRequest(&head)
		if err != nil || bytes.Contains(b, []byte("结果")) || bytes.Contains(b, []byte("SELECT")) {
			t.Errorf("%s, %v", b, err)
		}
		head.Waits = 2
		if _, err := EncodeRequest(&head); err == nil {
			t.Error("a cell waits on its standard error")
		}
	}
	if waits != 3 {
		t.Errorf("cells wait for %d of the requests", waits)
	}
}
