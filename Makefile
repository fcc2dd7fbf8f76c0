# Yingbi 影壁. `make help` lists what can be made.

export GOFLAGS := -buildvcs=false
export YINGBI_BIN := $(CURDIR)/bin/yingbi

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
GUESTS  := examples/guests
FUZZTIME ?= 30s

# Under the race detector run the packages of the parent's side that have
# goroutines of their own. A cell cannot: the detector reserves more address space
# than a cell is allowed, so cells are bin/yingbi. `make race` covers all others.
RACE := ./audit ./crypto ./keeper ./sandbox ./sandbox/abi ./subject ./vault
SOAK ?= 10m
SCALE ?= 10M

.DEFAULT_GOAL := help
.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: deps
deps: ## install the compilers that are missing (Debian and its kin)
	@./scripts/deps

.PHONY: build
build: deps ## build bin/yingbi
	@mkdir -p bin
	go build -ldflags "-X main.version=$(VERSION)" -o bin/yingbi ./cmd/yingbi

.PHONY: demo
demo: build guests ## run the main job on a synthetic city, told step by step
	@bin/yingbi demo

.PHONY: guests
guests: deps ## build the example modules into bin/guests
	go run ./examples/guests/build bin/guests

.PHONY: test
test: build portable ## run every test
	go vet ./...
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; echo "run gofmt -w on the files above"; exit 1; }
	go test ./...
	go test -race -short $(RACE)

.PHONY: race
race: build ## run everything but the inside of cells under the race detector
	go test -race -short -timeout 40m $$(go list ./... | grep -v -e /sandbox/cell -e /examples/guests/)

.PHONY: soak
soak: build ## kill the domain, cut its power, fail and fill its disk for SOAK (10m); SEED repeats a run
	YINGBI_SOAK=$(SOAK) YINGBI_SEED=$(SEED) go test -count=1 -timeout 0 -parallel 8 -run 'Kill|Disk|CannotBeMade' ./domain ./audit ./keeper ./store ./vault ./internal/durable

.PHONY: portable
portable: ## check that the operator's commands build without cgo for macOS and Windows
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 go build -o /dev/null ./cmd/yingbi
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 go build -o /dev/null ./cmd/yingbi

.PHONY: check
check: ## format, vet, staticcheck and the import rules
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; exit 1; }
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	go test ./internal/archtest

.PHONY: fuzz
fuzz: build ## run every fuzz target for FUZZTIME (30s)
	@./scripts/fuzz $(FUZZTIME)

.PHONY: bench
bench: build ## measure everything against its baseline at SCALE (10M) rows, and write docs/BENCHMARKS.md
	go run ./internal/bench -scale $(SCALE) -doc docs/BENCHMARKS.md

.PHONY: bench-quick
bench-quick: build ## the same, small, in a minute; writes nothing
	go run ./internal/bench -scale 200k

.PHONY: clean
clean: ## remove what was built
	rm -rf bin demo
