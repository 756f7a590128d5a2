package solution

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"cobrowse-connector/adapters/dynamics"
)

func packages(t *testing.T) []Package {
	t.Helper()
	all, err := Packages(input())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func unpack(t *testing.T, p Package) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(p.Zip), int64(len(p.Zip)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := parts[f.Name]; twice {
			t.Errorf("%s is in the package twice", f.Name)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

func TestTheSameInputMakesTheSameBytes(t *testing.T) {
	a, b := packages(t), packages(t)
	names := []string{}
	for i := range a {
		names = append(names, a[i].File())
		if !bytes.Equal(a[i].Zip, b[i].Zip) {
			t.Errorf("%s differs from one build to the next", a[i].File())
		}
	}
	want := []string{"cobrowse_1_0_0_0_managed.zip", "cobrowse_1_0_0_0.zip", "cobrowse_record_1_0_0_0_managed.zip", "cobrowse_record_1_0_0_0.zip"}
	if !slices.Equal(names, want) {
		t.Errorf("the packages are %q", names)
	}
}

func TestManagedAndUnmanagedDifferInOneWord(t *testing.T) {
	all := packages(t)
	for i := 0; i < len(all); i += 2 {
		managed, unmanaged := unpack(t, all[i]), unpack(t, all[i+1])
		managed["solution.xml"] = strings.Replace(managed["solution.xml"], "<Managed>1<", "<Managed>0<", 1)
		for name, text := range managed {
			if unmanaged[name] != text {
				t.Errorf("%s differs in the unmanaged package", name)
			}
		}
		if len(managed) != len(unmanaged) {
			t.Error("the packages have not the same parts")
		}
	}
}

func TestThePageIsForThisDeployment(t *testing.T) {
	in := input()
	in.Company = `a"<b`
	p, err := build(in, Main, true)
	if err != nil {
		t.Fatal(err)
	}
	parts := unpack(t, p)
	html := parts[partName(page)]
	for _, want := range []string{`data-service="https://cobrowse.example.com"`, `data-company="a&#34;&lt;b"`, `src="cobrowse-tab.js"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page has not %s: %s", want, html)
		}
	}
	if parts[partName(tabScript)] != "tab()" || parts["Controls/"+control+"/bundle.js"] != "pane()" {
		t.Error("the scripts are not those of the web build")
	}
	for _, code := range []string{"1033", "1046"} {
		if parts["Controls/"+control+"/strings/CobrowsePane."+code+".resx"] == "" {
			t.Errorf("the pane has no texts in language %s", code)
		}
	}
}

func TestTheTableIsTheOneThatSessionsAreWrittenTo(t *testing.T) {
	p, err := build(input(), Record, true)
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Columns []struct {
			Name      string
			MaxLength int
			Custom    int `xml:"IsCustomField"`
		} `xml:"Entities>Entity>EntityInfo>entity>attributes>attribute"`
	}
	if err := xml.Unmarshal([]byte(unpack(t, p)["customizations.xml"]), &c); err != nil {
		t.Fatal(err)
	}
	own := map[string]int{}
	for _, a := range c.Columns {
		if a.Custom == 1 {
			own[strings.TrimPrefix(a.Name, prefix+"_")] = a.MaxLength
		}
	}
	if len(own) != len(dynamics.Columns) {
		t.Errorf("the package's columns are %v", own)
	}
	for name, length := range dynamics.Columns {
		if own[name] != length {
			t.Errorf("%s is %d long, sessions are written with %d", name, own[name], length)
		}
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Input){
		"plain http":      func(in *Input) { in.Service = "http://cobrowse.example.com" },
		"a path":          func(in *Input) { in.Service += "/x" },
		"no company":      func(in *Input) { in.Company = "" },
		"no English":      func(in *Input) { delete(in.Languages, base) },
		"no built bundle": func(in *Input) { in.Bundles = fstest.MapFS{TabBundle: {}} },
	} {
		in := input()
		spoil(&in)
		if _, err := Packages(in); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// unseen are values of elements that no package at hand has. The table in manifests/dynamics/README.md tells administrators the same.
var unseen = map[string]string{
	"WebResource/WebResourceType=1":  "a page as a web resource; the number is that of the table's reference",
	"WebResource/WebResourceType=11": "an SVG as a web resource; the number is that of the table's reference",
	"entity/IsActivity=1":            "an activity's table in a package",
}

// free are elements whose numbers are one's own.
var free = []string{"MaxLength"}

// shared is a file of the reference data beside the repository.
func shared(t *testing.T, name string) ([]byte, bool) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "dataverse", "solutions", name))
	if errors.Is(err, os.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Logf("left out: the reference data is not beside the repository (%s)", name)
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return text, true
}

type element struct {
	Path        string
	Attributes  []string
	Children    []string
	ChildOrders [][]string `json:"child_orders"`
	Values      []string
}

var folder = regexp.MustCompile(`^(Controls|msdyn_[a-z]+|environmentvariabledefinitions)/[^/]+/(.+)$`)

// TestEachElementOccursInMicrosoftsPackages compares element by element: the path, the attributes, the order of children, and
// short numbers where the packages have nothing else.
func TestEachElementOccursInMicrosoftsPackages(t *testing.T) {
	text, there := shared(t, "observed-elements.json")
	if !there {
		return
	}
	var file struct {
		Types    map[string]int `json:"root_component_types_seen"`
		Elements []element
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	known, used := map[string]element{}, map[string]bool{}
	for _, e := range file.Elements {
		known[e.Path] = e
	}
	for _, p := range packages(t) {
		for name, text := range unpack(t, p) {
			if !strings.HasSuffix(name, ".xml") || name == contentTypes {
				continue
			}
			compare(t, folder.ReplaceAllString(name, "$1/*/$2"), text, known, used)
		}
	}
	for value := range unseen {
		if !used[value] {
			t.Errorf("%s need not be excused any more", value)
		}
	}
}

func compare(t *testing.T, part, text string, known map[string]element, used map[string]bool) {
	t.Helper()
	path := []string{part}
	children := [][]string{nil}
	var content string
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", part, err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			last := len(children) - 1
			if n := len(children[last]); n == 0 || children[last][n-1] != x.Name.Local {
				children[last] = append(children[last], x.Name.Local)
			}
			path, children, content = append(path, x.Name.Local), append(children, nil), ""
			compareAttributes(t, strings.Join(path, "/"), x.Attr, known)
		case xml.CharData:
			content += string(x)
		case xml.EndElement:
			last := len(path) - 1
			at := strings.Join(path, "/")
			compareOrder(t, at, children[last], known[at])
			compareValue(t, path, strings.TrimSpace(content), known[at], used)
			path, children, content = path[:last], children[:last], ""
		}
	}
}

func compareValue(t *testing.T, path []string, value string, e element, used map[string]bool) {
	t.Helper()
	last := path[len(path)-1]
	if value == "" || e.Values == nil || slices.Contains(e.Values, value) || slices.Contains(free, last) {
		return
	}
	excuse := path[len(path)-2] + "/" + last + "=" + value
	used[excuse] = true
	if unseen[excuse] == "" {
		t.Errorf("%s: the value %q occurs in no package", strings.Join(path, "/"), value)
	}
}

func compareAttributes(t *testing.T, path string, attributes []xml.Attr, known map[string]element) {
	t.Helper()
	e, occurs := known[path]
	if !occurs {
		t.Errorf("%s occurs in no package", path)
		return
	}
	for _, a := range attributes {
		if a.Name.Space != "xmlns" && a.Name.Local != "nil" && !slices.Contains(e.Attributes, a.Name.Local) {
			t.Errorf("%s: the attribute %s occurs in no package", path, a.Name.Local)
		}
	}
}

// compareOrder asks that our children come in the order of some package, which may have more of them.
func compareOrder(t *testing.T, path string, ours []string, e element) {
	t.Helper()
	if len(ours) < 2 || e.ChildOrders == nil {
		return
	}
	if !slices.ContainsFunc(e.ChildOrders, func(theirs []string) bool { return within(ours, theirs) }) {
		t.Errorf("%s: the order %v occurs in no package", path, ours)
	}
}

func within(ours, theirs []string) bool {
	for _, name := range theirs {
		if len(ours) > 0 && ours[0] == name {
			ours = ours[1:]
		}
	}
	return len(ours) == 0
}

// TestPartsAreNamedAsMicrosoftNamesThem holds the places of parts and their content types against a package with each kind.
func TestPartsAreNamedAsMicrosoftNamesThem(t *testing.T) {
	var types struct {
		Packages []struct {
			Types struct{ Overrides map[string]string } `json:"content_types"`
			Parts []string                              `json:"other_parts"`
		}
	}
	text, there := shared(t, "observed-elements.json")
	if !there {
		return
	}
	if err := json.Unmarshal(text, &types); err != nil {
		t.Fatal(err)
	}
	forms := map[string]bool{}
	for _, p := range types.Packages {
		for _, part := range p.Parts {
			forms[form(part)] = true
		}
	}
	for _, p := range packages(t) {
		for name := range unpack(t, p) {
			if strings.Contains(name, "/") && !forms[form(name)] {
				t.Errorf("no package has a part like %s", name)
			}
		}
	}
}

var (
	guid     = regexp.MustCompile(`[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`)
	language = regexp.MustCompile(`\.\d{4}\.resx$`)
)

// form is a part's name without what differs from package to package.
func form(part string) string {
	pieces := strings.Split(part, "/")
	if pieces[0] == "WebResources" {
		return guid.ReplaceAllString(part[:len(pieces[0])+1]+part[max(len(part)-36, 0):], "*")
	}
	if len(pieces) > 1 {
		pieces[1] = "*"
	}
	last := len(pieces) - 1
	if language.MatchString(pieces[last]) {
		pieces[last] = "*.resx"
	}
	return strings.Join(pieces, "/")
}
