package solution

import (
	"encoding/json"
	"fmt"
)

// root is a root component: by name or, where there is none, by id.
type root struct {
	Type       int
	Schema, ID string
}

// Types of root components, as Microsoft's packages have them.
const (
	rootTable       = 1
	rootRole        = 20
	rootWebResource = 61
	rootControl     = 66
)

type webResource struct {
	Name string
	Type int
}

// Types of web resources.
const (
	typePage   = 1
	typeScript = 3
	typeSVG    = 11
)

var webResources = []webResource{{page, typePage}, {tabScript, typeScript}, {icon, typeSVG}}

// mainView is what the templates of cobrowse see.
type mainView struct {
	view
	NameKey, Control, TabTemplate, Page string

	Roots        []root
	WebResources []webResource
	Item         any // what a template for one of many is about
}

type parameter struct{ Name, Value string }

// variable is an environment variable.
type variable struct {
	Name, Text, Value string
	Type              int
}

// Types of environment variables.
const (
	typeText = 100000000
	typeFlag = 100000002
)

func (in Input) variables() []variable {
	return []variable{
		{varService, "service", in.Service, typeText},
		{varCompany, "company", in.Company, typeText},
		{varSendDirectly, "sendDirectly", "yes", typeFlag},
	}
}

func mainParts(v view) (parts, error) {
	m := mainView{view: v, NameKey: "solution", Control: control, TabTemplate: tabTemplate, Page: page,
		WebResources: webResources, Roots: []root{{Type: rootControl, Schema: control}}}
	for _, w := range webResources {
		m.Roots = append(m.Roots, root{Type: rootWebResource, Schema: w.Name})
	}
	p := parts{}
	err := p.render(m, map[string]string{
		"solution.xml": "solution.xml", "customizations.xml": "main.xml",
		partName(page): "page.html", partName(icon): "icon.svg",
		"Controls/" + control + "/ControlManifest.xml":                                       "control.xml",
		"msdyn_applicationtabtemplates/" + tabTemplate + "/msdyn_applicationtabtemplate.xml": "tab.xml",
	})
	if err != nil {
		return nil, err
	}
	for _, add := range []func(parts, mainView) error{addBundles, addParameters, addVariables, addStrings} {
		if err := add(p, m); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func addBundles(p parts, m mainView) error {
	for part, name := range map[string]string{partName(tabScript): TabBundle, "Controls/" + control + "/bundle.js": PaneBundle} {
		file, err := m.bundle(name)
		if err != nil {
			return err
		}
		p[part] = file
	}
	return nil
}

// addParameters says once more, as Microsoft's packages do, what the tab's template says.
func addParameters(p parts, m mainView) error {
	for _, item := range []parameter{{"webresourceName", page}, {Name: "data"}} {
		m.Item = item
		part := "msdyn_templateparameters/" + tabTemplate + "_" + item.Name + "/msdyn_templateparameter.xml"
		if err := p.render(m, map[string]string{part: "parameter.xml"}); err != nil {
			return err
		}
	}
	return nil
}

func addVariables(p parts, m mainView) error {
	for _, item := range m.variables() {
		m.Item = item
		folder := "environmentvariabledefinitions/" + item.Name + "/"
		if err := p.render(m, map[string]string{folder + "environmentvariabledefinition.xml": "variable.xml"}); err != nil {
			return err
		}
		type value struct {
			ID             string `json:"@environmentvariablevalueid"`
			IsCustomizable string `json:"iscustomizable"`
			Value          string `json:"value"`
		}
		text, err := json.MarshalIndent(map[string]any{"environmentvariablevalues": map[string]any{
			"environmentvariablevalue": value{id("environmentvariablevalue", item.Name), "1", item.Value},
		}}, "", "  ")
		if err != nil {
			return fmt.Errorf("solution: %w", err)
		}
		p[folder+"environmentvariablevalues.json"] = text
	}
	return nil
}

func addStrings(p parts, m mainView) error {
	for _, code := range m.Codes() {
		m.Item = code
		part := fmt.Sprintf("Controls/%s/strings/CobrowsePane.%d.resx", control, code)
		if err := p.render(m, map[string]string{part: "strings.resx"}); err != nil {
			return err
		}
	}
	return nil
}
