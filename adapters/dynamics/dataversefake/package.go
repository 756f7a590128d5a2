package dataversefake

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// packageFile is a solution package that was read and found whole.
type packageFile struct {
	parts    map[string][]byte
	manifest manifest
	rows     map[ref]row
	tables   map[string]*Table
	rights   []packageRight
}

// packageRight is what a role of the package may do.
type packageRight struct{ role, privilege, depth string }

type manifest struct {
	UniqueName  string `xml:"SolutionManifest>UniqueName"`
	Version     string `xml:"SolutionManifest>Version"`
	Managed     string `xml:"SolutionManifest>Managed"`
	Description struct {
		Text string `xml:"description,attr"`
	} `xml:"SolutionManifest>Descriptions>Description"`
	Publisher struct {
		UniqueName   string
		Prefix       string `xml:"CustomizationPrefix"`
		OptionPrefix string `xml:"CustomizationOptionValuePrefix"`
	} `xml:"SolutionManifest>Publisher"`
	Roots []struct {
		Type   int    `xml:"type,attr"`
		Schema string `xml:"schemaName,attr"`
		ID     string `xml:"id,attr"`
	} `xml:"SolutionManifest>RootComponents>RootComponent"`
}

func (m manifest) managed() bool { return m.Managed == "1" }

type customizations struct {
	WebResources []struct {
		WebResourceID string `xml:"WebResourceId"`
		Name          string
		DisplayName   string
		Type          string `xml:"WebResourceType"`
		FileName      string
	} `xml:"WebResources>WebResource"`
	Controls []struct{ Name, FileName string } `xml:"CustomControls>CustomControl"`
	Roles    []struct {
		ID         string `xml:"id,attr"`
		Name       string `xml:"name,attr"`
		Privileges []struct {
			Name  string `xml:"name,attr"`
			Level string `xml:"level,attr"`
		} `xml:"RolePrivileges>RolePrivilege"`
	} `xml:"Roles>Role"`
	Entities []struct {
		Name       string
		Activity   string `xml:"EntityInfo>entity>IsActivity"`
		Attributes []struct {
			Name      string
			MaxLength int
			Custom    string `xml:"IsCustomField"`
		} `xml:"EntityInfo>entity>attributes>attribute"`
	} `xml:"Entities>Entity"`
}

// readPackage unpacks a package and refuses one whose parts do not fit together.
func readPackage(file []byte) (*packageFile, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, errors.New("the solution file is no zip")
	}
	p := &packageFile{parts: map[string][]byte{}, rows: map[ref]row{}, tables: map[string]*Table{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		if p.parts[f.Name], err = io.ReadAll(io.LimitReader(r, maxBody)); err != nil {
			return nil, err
		}
	}
	var c customizations
	for name, into := range map[string]any{"solution.xml": &p.manifest, "customizations.xml": &c} {
		if err := xml.Unmarshal(p.parts[name], into); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return p, errors.Join(p.checkTypes(), p.read(c), p.readFolders())
}

func (p *packageFile) checkTypes() error {
	var types struct {
		Defaults []struct {
			Extension string `xml:"Extension,attr"`
		} `xml:"Default"`
		Overrides []struct {
			Part string `xml:"PartName,attr"`
		} `xml:"Override"`
	}
	if err := xml.Unmarshal(p.parts["[Content_Types].xml"], &types); err != nil {
		return fmt.Errorf("[Content_Types].xml: %w", err)
	}
	known := map[string]bool{"[Content_Types].xml": true}
	for _, o := range types.Overrides {
		known[strings.TrimPrefix(o.Part, "/")] = true
	}
	extensions := map[string]bool{}
	for _, d := range types.Defaults {
		extensions[d.Extension] = true
	}
	for name := range p.parts {
		if !known[name] && !extensions[strings.TrimPrefix(path.Ext(name), ".")] {
			return fmt.Errorf("the part %s has no content type", name)
		}
	}
	return nil
}

// read takes what customizations.xml describes and compares it with the root components.
func (p *packageFile) read(c customizations) error {
	var roots []string
	add := func(kind int, name string) { roots = append(roots, strconv.Itoa(kind)+" "+name) }
	prefix := p.manifest.Publisher.Prefix + "_"
	for _, w := range c.WebResources {
		content, there := p.parts[strings.TrimPrefix(w.FileName, "/")]
		if !there || !strings.HasPrefix(w.Name, prefix) {
			return fmt.Errorf("the web resource %s has no part %s, or not the publisher's prefix", w.Name, w.FileName)
		}
		p.rows[ref{"webresource", bare(w.WebResourceID)}] = row{"name": w.Name, "displayname": w.DisplayName, "webresourcetype": w.Type, "content": content}
		add(61, w.Name)
	}
	for _, k := range c.Controls {
		if _, there := p.parts[strings.TrimPrefix(k.FileName, "/")]; !there || !strings.HasPrefix(k.Name, prefix) {
			return fmt.Errorf("the control %s has no part %s, or not the publisher's prefix", k.Name, k.FileName)
		}
		if err := p.checkControl(path.Dir(strings.TrimPrefix(k.FileName, "/"))); err != nil {
			return err
		}
		p.rows[ref{"customcontrol", named("customcontrol", k.Name)}] = row{"name": k.Name}
		add(66, k.Name)
	}
	for _, r := range c.Roles {
		p.rows[ref{"role", bare(r.ID)}] = row{"name": r.Name}
		for _, held := range r.Privileges {
			p.rights = append(p.rights, packageRight{bare(r.ID), held.Name, held.Level})
		}
		add(20, bare(r.ID))
	}
	for _, e := range c.Entities {
		columns := map[string]Column{}
		for _, a := range e.Attributes {
			if a.Custom == "1" {
				columns[a.Name] = Column{Type: "String", MaxLength: a.MaxLength}
			}
		}
		if e.Activity != "1" || !strings.HasPrefix(e.Name, prefix) {
			return fmt.Errorf("the table %s is no activity, or has not the publisher's prefix", e.Name)
		}
		p.tables[e.Name] = customActivity(e.Name, columns)
		add(1, e.Name)
	}
	return p.compareRoots(roots)
}

// checkSizes holds what becomes a web resource, a control's scripts among it, to organization.maxuploadfilesize.
func (p *packageFile) checkSizes(limit int) error {
	for name, content := range p.parts {
		if base64.StdEncoding.EncodedLen(len(content)) <= limit {
			continue
		}
		if strings.HasPrefix(name, "WebResources/") {
			return errors.New("the import failed: Webresource content size is too big")
		}
		if folder, file := path.Split(name); path.Ext(file) == ".js" {
			return fmt.Errorf("CustomControl with name %s failed to import with error: Webresource content size is too big", path.Base(folder))
		}
	}
	return nil
}

func (p *packageFile) compareRoots(described []string) error {
	var roots []string
	for _, r := range p.manifest.Roots {
		roots = append(roots, strconv.Itoa(r.Type)+" "+r.Schema+bare(r.ID))
	}
	slices.Sort(roots)
	slices.Sort(described)
	if !slices.Equal(roots, described) {
		return fmt.Errorf("the root components %v are not those described: %v", roots, described)
	}
	return nil
}

// checkControl looks for the files that a control's manifest names.
func (p *packageFile) checkControl(folder string) error {
	var m struct {
		Files []struct {
			Path string `xml:"path,attr"`
		} `xml:"control>resources>code"`
		Texts []struct {
			Path string `xml:"path,attr"`
		} `xml:"control>resources>resx"`
	}
	if err := xml.Unmarshal(p.parts[folder+"/ControlManifest.xml"], &m); err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	for _, f := range append(m.Files, m.Texts...) {
		if _, there := p.parts[folder+"/"+f.Path]; !there {
			return fmt.Errorf("the control's file %s is missing", f.Path)
		}
	}
	return nil
}

// readFolders takes the components that stand in folders of their own.
func (p *packageFile) readFolders() error {
	for name, text := range p.parts {
		var x struct {
			Unique   string `xml:"msdyn_uniquename,attr"`
			Schema   string `xml:"schemaname,attr"`
			PageType string `xml:"msdyn_pagetype"`
			Template string `xml:"msdyn_applicationtabtemplateid>msdyn_uniquename"`
		}
		table, isXML := strings.CutSuffix(path.Base(name), ".xml")
		if !isXML || path.Dir(path.Dir(name)) != table+"s" {
			continue
		}
		if err := xml.Unmarshal(text, &x); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if path.Base(path.Dir(name)) != x.Unique+x.Schema {
			return fmt.Errorf("%s: the folder has not the component's name", name)
		}
		switch r := (ref{table, named(table, x.Unique+x.Schema)}); table {
		case "msdyn_applicationtabtemplate":
			p.rows[r] = row{"msdyn_uniquename": x.Unique, "msdyn_pagetype": x.PageType}
		case "msdyn_templateparameter":
			p.rows[r] = row{"msdyn_uniquename": x.Unique, "msdyn_applicationtabtemplateid": ref{"msdyn_applicationtabtemplate", named("msdyn_applicationtabtemplate", x.Template)}}
		case "environmentvariabledefinition":
			p.rows[r] = row{"schemaname": x.Schema}
			if err := p.readValue(path.Dir(name), x.Schema, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *packageFile) readValue(folder, schema string, definition ref) error {
	text, there := p.parts[folder+"/environmentvariablevalues.json"]
	if !there {
		return nil
	}
	var in struct {
		Values struct {
			Value struct {
				ID    string `json:"@environmentvariablevalueid"`
				Value string `json:"value"`
			} `json:"environmentvariablevalue"`
		} `json:"environmentvariablevalues"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	p.rows[ref{"environmentvariablevalue", in.Values.Value.ID}] = row{"schemaname": schema, "value": in.Values.Value.Value,
		"environmentvariabledefinitionid": definition}
	return nil
}

// bare is an id without its braces.
func bare(id string) string { return strings.ToLower(strings.Trim(id, "{}")) }

// named is an id that the organisation gives to what a package names without one.
func named(table, name string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(table+"/"+name)).String()
}
