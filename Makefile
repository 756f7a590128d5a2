# Everything a newcomer, the CI and the Dockerfile do. `make help` lists it.
SHELL := /bin/bash
GO    ?= go
NPM   ?= npm
BIN   := bin/connector
PAGES := connector/web/dist/.built
# The Debian packages that the product (Chromium) and its tests (PostgreSQL, ffmpeg) use.
RUN_PACKAGES  := chromium fonts-liberation
TEST_PACKAGES := $(RUN_PACKAGES) postgresql ffmpeg
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TEST_FLAGS ?= -count=1 -timeout 15m
# `go vet ./...` has looked at everything by then, and nobody debugs these binaries.
GO_TEST = $(GO) test -vet=off -ldflags=-w $(TEST_FLAGS)
# gin without MessagePack, which nobody speaks here: a tenth of all that is compiled.
export GOFLAGS := $(GOFLAGS) -tags=nomsgpack
# Packages that keep the whole machine busy with the cloud's browsers run one after the other. Those that wait a lot, and those that look at
# our own pages alone, run two at a time.
BUSY_TESTS := /cobrowse/(browser|privacy)$$
PATIENT_TESTS := $(addprefix ./e2e, / /leaktest /trials /desks /console /pdf /library) # the long ones first, so that none is alone at the end

.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: tools-run pages ## set everything up and run the demo: agent desk, customer site, case timeline
	@$(GO) run ./connector demo

.PHONY: test
test: tools-test pages ## set everything up and run every test
	$(GO) vet ./...
	cd connector/web && $(NPM) run --silent check && $(NPM) test --silent
	@[ -e ../shared/data ] || echo 'No ../shared/data beside this repository: the comparisons with reference data are left out (on CI they fail).'
	@failed=0; \
	$(GO_TEST) -p 2 $$($(GO) list ./... | grep -vE '$(BUSY_TESTS)' | grep -vxF "$$($(GO) list $(PATIENT_TESTS))") || failed=1; \
	$(GO_TEST) -p 1 $$($(GO) list ./... | grep -E '$(BUSY_TESTS)') || failed=1; \
	$(GO_TEST) -p 2 $(PATIENT_TESTS) || failed=1; \
	exit $$failed

.PHONY: build
build: pages ## one binary with the pages inside
	$(GO) build -trimpath -o $(BIN) ./connector

.PHONY: pages
pages: $(PAGES) ## build the web pages

PAGE_SOURCES := $(shell find connector/web -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.html' -o -name '*.json' -o -name '*.svg' -o -name '*.go' \) -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
$(PAGES): connector/web/node_modules/.installed $(PAGE_SOURCES)
	$(GO) run ./connector/web/build
	@touch $@

connector/web/node_modules/.installed: connector/web/package.json connector/web/package-lock.json
	cd connector/web && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: bench
bench: tools-test pages ## measure: latency, bandwidth, CPU, start, recording, side by side with screencast JPEG; what hiding costs
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m -p 1 ./e2e/bench ./e2e/leaktest ./cobrowse/privacy ./connector/deliver

.PHONY: soak
soak: tools-test pages ## sessions come and go for an hour, twenty at a time (SOAK=1h SOAK_SESSIONS=20): does anything grow?
	SOAK=$${SOAK:-1h} $(GO) test -run '^$$' -bench Soak -benchtime 1x -timeout 0 ./e2e/bench

.PHONY: leaktest
leaktest: tools-test ## the proof: every case of e2e/leaktest, navigation and windows 50 times under load; writes docs/leaktest.md
	LEAKTEST=all $(GO) test -v -count=1 -timeout 120m ./e2e/leaktest

.PHONY: lint
lint: ## golangci-lint, every rule with its reason in .golangci.yml
	$(GO) run $(LINT) run ./...

.PHONY: docs
docs: ## regenerate the configuration reference
	$(GO) run ./connector config --markdown > docs/config.md

.PHONY: clean
clean: ## remove what was built and the demo's data
	rm -rf bin .demo .cache connector/web/dist/* connector/web/node_modules

.PHONY: tools-run tools-test
tools-run:
	@./.ci/packages $(RUN_PACKAGES)
tools-test:
	@./.ci/packages $(TEST_PACKAGES)
