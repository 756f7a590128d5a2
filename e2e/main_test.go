package e2e

import (
	"os"
	"testing"

	"cobrowse-connector/e2e/people"
)

func TestMain(m *testing.M) { os.Exit(people.Main(m)) }
