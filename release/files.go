package release

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strings"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// The files of a release that every release has; besides them each table has a
// file of its own, its name and ".csv".
const (
	CertificateFile = "certificate.json"
	SignatureFile   = "certificate.sig"
	TablesFile      = "tables.json"
	WorkbookFile    = "tables.xlsx"
)

// What a key signs for: the domain's a certificate, a reviewer's a decision.
const (
	CertificateLabel = "certificate"
	DecisionLabel    = "decision"
)

// Files renders what is published from the bytes that were approved: tables.json
// itself, a CSV of each table, a workbook, the questions in words, and the terms, where
// there are any. The same bytes give the same files, now and later.
func Files(tables []byte, terms Terms) (map[string][]byte, error) {
	parsed, err := ParseTables(tables)
	if err != nil {
		return nil, err
	}
	questions, err := ParseQuestions(tables)
	if err != nil {
		return nil, err
	}
	if len(parsed)+len(questions) == 0 {
		return nil, fault.New(fault.Conflict, "there is no table to publish, and no question to be asked")
	}
	files := map[string][]byte{TablesFile: tables}
	for _, t := range parsed {
		files[t.Name+".csv"] = t.csv()
	}
	if len(parsed) > 0 {
		if files[WorkbookFile], err = workbook(parsed); err != nil {
			return nil, err
		}
	}
	if len(questions) > 0 {
		files[QuestionsFile] = questionsText(questions)
	}
	if !terms.none() {
		files[ConditionsFile] = terms.text()
	}
	for name, content := range files {
		if len(content) > maxFile {
			return nil, fault.Errorf(fault.Limit, "%s would have %d bytes, at most %d are published: make fewer or smaller tables", name, len(content), maxFile)
		}
	}
	return files, nil
}

// File is a file that a certificate vouches for.
type File struct {
	Name string        `json:"name"`
	Size int           `json:"size"` // bytes
	SM3  crypto.Digest `json:"sm3"`
}

// Commitment binds to a content by crypto.Commit.
type Commitment struct {
	Value crypto.Digest `json:"value"`
	Nonce crypto.Digest `json:"nonce"` // 32 random bytes
}

// Bound is a list of files with a commitment to it.
type Bound struct {
	Files      []File
	Commitment Commitment
}

// Bind lists the files that Files gave, and commits to the list. The value goes
// into the intent of the release, as its detail FilesDetail; list and nonce go
// into the certificate. So record and files are bound to each other.
func Bind(files map[string][]byte) (Bound, error) {
	list := listFiles(files)
	b, err := encodeList(list)
	if err != nil {
		return Bound{}, err
	}
	value, nonce, err := crypto.Commit(b)
	return Bound{list, Commitment{value, nonce}}, err
}

// The record that announces a release: an intent of this action about the target
// "job/" and the job's id, with the commitment to the files as a detail.
const (
	recordAction = "release.create"
	FilesDetail  = "files"
)

// EncodeSignature gives the content of SignatureFile.
func EncodeSignature(signature []byte) []byte {
	return []byte(base64.StdEncoding.EncodeToString(signature) + "\n")
}

// listFiles describes the files but for the certificate's own two, by name.
func listFiles(files map[string][]byte) []File {
	var list []File
	for name, content := range files {
		if name != CertificateFile && name != SignatureFile {
			list = append(list, File{name, len(content), crypto.Sum(content)})
		}
	}
	slices.SortFunc(list, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func encodeList(list []File) ([]byte, error) { return appendValue(nil, reflect.ValueOf(list)) }
