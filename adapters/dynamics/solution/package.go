package solution

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"
	"text/template"
)

// Input is the deployment that an organisation is set up for.
type Input struct {
	Service   string                    // public address, e.g. https://cobrowse.example.com
	Company   string                    // the company's name in addresses
	Languages map[int]map[string]string // texts by Dynamics' code of their language; 1033 must be among them
	Bundles   fs.FS                     // the built pages
}

// base is the language that every organisation's texts fall back to.
const base = 1033

// Package is one solution package.
type Package struct {
	Solution string // Main or Record
	Managed  bool
	Zip      []byte
}

// File is the name that Microsoft's exports would have.
func (p Package) File() string {
	name := p.Solution + "_" + strings.ReplaceAll(Version, ".", "_")
	if p.Managed {
		name += "_managed"
	}
	return name + ".zip"
}

// Packages builds both solutions, managed and unmanaged.
func Packages(in Input) ([]Package, error) {
	var all []Package
	for _, solution := range []string{Main, Record} {
		for _, managed := range []bool{true, false} {
			p, err := build(in, solution, managed)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}

func build(in Input, solution string, managed bool) (Package, error) {
	if err := in.check(); err != nil {
		return Package{}, err
	}
	v := view{Input: in, Solution: solution, Managed: managed}
	render := mainParts
	if solution == Record {
		render = recordParts
	}
	p, err := render(v)
	if err != nil {
		return Package{}, err
	}
	if err := p.checkResources(); err != nil {
		return Package{}, err
	}
	zip, err := p.pack()
	if err != nil {
		return Package{}, err
	}
	return Package{solution, managed, zip}, checkRequest(zip)
}

func (in Input) check() error {
	u, err := url.Parse(in.Service)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		return errors.New("solution: the service's address looks like https://cobrowse.example.com: Dynamics loads nothing over plain http")
	}
	if in.Company == "" {
		return errors.New("solution: no company")
	}
	if in.Languages[base] == nil {
		return errors.New("solution: the English texts are missing")
	}
	for _, name := range []string{TabBundle, PaneBundle} {
		if _, err := in.bundle(name); err != nil {
			return err
		}
	}
	return nil
}

func (in Input) bundle(name string) ([]byte, error) {
	file, err := fs.ReadFile(in.Bundles, name)
	if err != nil {
		return nil, fmt.Errorf("solution: %s is not among the built pages (%w): run `make pages`, then build the program again", name, err)
	}
	return file, nil
}

// Fingerprint tells packages of one version apart that were made for other addresses, or of other scripts. It stands in the
// solution's description, where an installation is recognised by it.
func (in Input) Fingerprint() (string, error) {
	h := sha256.New()
	h.Write([]byte(Version + "\n" + in.Service + "\n" + in.Company + "\n"))
	for _, name := range []string{TabBundle, PaneBundle} {
		file, err := in.bundle(name)
		if err != nil {
			return "", err
		}
		h.Write(file)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

func (in Input) description() (string, error) {
	mark, err := in.Fingerprint()
	return "For " + in.Service + ", company " + in.Company + ". Contents " + mark, err
}

// codes are the languages in a fixed order, the base first.
func (in Input) codes() []int {
	return slices.SortedFunc(maps.Keys(in.Languages), func(a, b int) int {
		if (a == base) != (b == base) {
			return map[bool]int{true: -1, false: 1}[a == base]
		}
		return a - b
	})
}

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"x": escape}).ParseFS(templateFiles, "templates/*"))

// escape makes a text fit for XML, in elements and in attributes.
func escape(text string) (string, error) {
	var b bytes.Buffer
	err := xml.EscapeText(&b, []byte(text))
	return b.String(), err
}

// view is what the templates of both solutions see.
type view struct {
	Input
	Solution string
	Managed  bool
}

// Text is a text in the base language; Codes and In give it in all.
func (v view) Text(key string) string         { return v.Languages[base][key] }
func (v view) Codes() []int                   { return v.codes() }
func (v view) In(code int, key string) string { return v.Languages[code][key] }
func (v view) Version() string                { return Version }
func (v view) OptionSet() int                 { return optionSet }
func (v view) Description() (string, error)   { return v.description() }
func (v view) ID(kind, name string) string    { return id(kind, name) }
func (v view) Part(resource string) string    { return partName(resource) }

// render puts rendered templates into p, by the parts' names.
func (p parts) render(data any, byPart map[string]string) error {
	for part, name := range byPart {
		var b bytes.Buffer
		if err := templates.ExecuteTemplate(&b, name, data); err != nil {
			return fmt.Errorf("solution: %w", err)
		}
		p[part] = b.Bytes()
	}
	return nil
}
