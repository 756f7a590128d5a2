package record

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/record/seal"
)

// Keys wraps the keys that recordings are sealed with.
type Keys = seal.Keys

// Meta says whose recording it is. Both are names for paths: letters, digits, dot, dash and underscore.
type Meta struct{ Session, Company string }

var pathName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

func (m Meta) check() error {
	if !pathName.MatchString(m.Session) || !pathName.MatchString(m.Company) {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "recording_name", "session and company must be letters, digits, dots, dashes and underscores")
	}
	return nil
}

func (m Meta) prefix() string        { return "recordings/" + m.Company + "/" + m.Session + "/" }
func (m Meta) partPrefix() string    { return m.prefix() + "parts/" }
func (m Meta) partKey(n int) string  { return fmt.Sprintf("%s%06d", m.partPrefix(), n) }
func (m Meta) videoKey(n int) string { return fmt.Sprintf("%svideo-%02d.webm", m.prefix(), n) }
func (m Meta) trackKey() string      { return m.prefix() + "track.json" }
func (m Meta) manifestKey() string   { return m.prefix() + "recording.json" }

// partNumber is the opposite of partKey.
func (m Meta) partNumber(key string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimPrefix(key, m.partPrefix()))
	return n, err == nil && n > 0 && key == m.partKey(n)
}
