package solution

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Choices of the rows that make the button.
const (
	openTab      = 100000000 // msdyn_eventname: Open App Tab Template
	coBrowse     = 192350002 // msdyn_escalationchannelmode
	controlTool  = 0         // msdyn_type of a pane's tool
	iconPath     = "/WebResources/" + icon
	providerName = "Co-browse"
)

// rows are the records that no package brings. Their ids are fixed, so that each is there once.
func (s *Setup) rows() []Step {
	text := s.Languages[base]
	provider, action := id("msdyn_provider", Main), id("msdyn_conversationaction", Main)
	steps := []Step{
		s.row("provider", "the provider of co-browsing", "msdyn_providers", provider, map[string]any{"msdyn_name": providerName}),
		s.row("action", "the button's action", "msdyn_conversationactions", action, map[string]any{
			"msdyn_name": providerName, "msdyn_eventname": openTab, "msdyn_eventparameter": tabTemplate, "msdyn_order": 1, "msdyn_icon": iconPath,
		}),
	}
	for _, code := range s.codes() {
		in := s.Languages[code]
		steps = append(steps, s.row(fmt.Sprintf("text-%d", code), fmt.Sprintf("the button's text in language %d", code), "msdyn_conversationactionlocales",
			id("msdyn_conversationactionlocale", fmt.Sprint(code)), map[string]any{
				"msdyn_name": in["button"], "msdyn_label": in["button"], "msdyn_tooltip": in["tooltip"], "msdyn_slashcommands": in["command"],
				"msdyn_locale_picklist": code, "msdyn_conversationactionkey@odata.bind": "/msdyn_conversationactions(" + action + ")",
			}))
	}
	return append(steps,
		s.row("capability", "the channel capability", "msdyn_channelcapabilities", id("msdyn_channelcapability", Main), map[string]any{
			"msdyn_name": providerName, "msdyn_escalationchannelmode": coBrowse,
			"msdyn_Provider@odata.bind":           "/msdyn_providers(" + provider + ")",
			"msdyn_ConversationAction@odata.bind": "/msdyn_conversationactions(" + action + ")",
		}),
		s.row("pane-tool", "the tool of the productivity pane", "msdyn_panetoolconfigurations", id("msdyn_panetoolconfiguration", Main), map[string]any{
			"msdyn_name": text["pane"], "msdyn_uniquename": tabTemplate + "_pane", "msdyn_controlname": control, "msdyn_type": controlTool,
			"msdyn_description": text["paneHelp"],
		}))
}

// row is a step for a record under a fixed id.
func (s *Setup) row(step, name, set, id string, body map[string]any) Step {
	path := set + "(" + id + ")"
	plain := slices.DeleteFunc(slices.Sorted(maps.Keys(body)), func(k string) bool { return strings.Contains(k, "@") })
	read := func(ctx context.Context) (there bool, differs []string, err error) {
		var is map[string]any
		there, err = s.exists(ctx, path, selecting(strings.Join(plain, ",")), &is)
		for _, k := range plain {
			if there && !equal(is[k], body[k]) {
				differs = append(differs, k+" differs")
			}
		}
		return there, differs, err
	}
	return Step{
		ID:   step,
		Name: name,
		Check: func(ctx context.Context) ([]string, error) {
			there, differs, err := read(ctx)
			if !there {
				return absent, err
			}
			return differs, err
		},
		Do: func(ctx context.Context) error {
			there, _, err := read(ctx)
			switch {
			case err != nil:
				return err
			case there:
				return s.Org.Update(ctx, path, body)
			}
			return s.Org.Put(ctx, path, "", body)
		},
		Undo: func(ctx context.Context) error { return s.Org.Delete(ctx, path) },
	}
}

// equal compares a value read as JSON with one of ours.
func equal(is, want any) bool {
	if n, isNumber := is.(float64); isNumber {
		return want == int(n)
	}
	return is == want
}

type variableValue struct{ EnvironmentVariableValueID, Value string }

// addresses are the environment variables' values, which the package brings and people may have changed since.
func (s *Setup) addresses() Step {
	fixed := []variable{}
	for _, v := range s.variables() {
		if v.Name != varSendDirectly { // this one is the organisation's own choice
			fixed = append(fixed, v)
		}
	}
	return Step{
		ID:   "addresses",
		Name: "the service's address in the environment variables",
		Check: func(ctx context.Context) (lacks []string, err error) {
			for _, v := range fixed {
				_, is, err := s.variable(ctx, v.Name)
				if err != nil {
					return nil, err
				}
				if is == nil {
					return absent, nil
				}
				if is.Value != v.Value {
					lacks = append(lacks, v.Name+" is "+is.Value+" instead of "+v.Value)
				}
			}
			return lacks, nil
		},
		Do: func(ctx context.Context) error {
			for _, v := range fixed {
				if err := s.setVariable(ctx, v); err != nil {
					return err
				}
			}
			return nil
		},
		Undo: func(context.Context) error { return nil }, // they go with the package
	}
}

// variable reads a variable's definition and its value; either is "" or nil when it is not there.
func (s *Setup) variable(ctx context.Context, name string) (definition string, value *variableValue, err error) {
	d, err := first[struct{ EnvironmentVariableDefinitionID string }](ctx, s, "environmentvariabledefinitions",
		"environmentvariabledefinitionid", "schemaname eq '"+name+"'")
	if err != nil || d == nil {
		return "", nil, err
	}
	value, err = first[variableValue](ctx, s, "environmentvariablevalues", "environmentvariablevalueid,value",
		"_environmentvariabledefinitionid_value eq "+d.EnvironmentVariableDefinitionID)
	return d.EnvironmentVariableDefinitionID, value, err
}

func (s *Setup) setVariable(ctx context.Context, v variable) error {
	definition, is, err := s.variable(ctx, v.Name)
	switch {
	case err != nil:
		return err
	case definition == "":
		return fmt.Errorf("the environment variable %s is missing: import the package again", v.Name)
	case is == nil:
		return s.Org.Put(ctx, "environmentvariablevalues("+id("environmentvariablevalue", v.Name)+")", "", map[string]any{
			"schemaname": v.Name, "value": v.Value,
			"EnvironmentVariableDefinitionId@odata.bind": "/environmentvariabledefinitions(" + definition + ")",
		})
	case is.Value == v.Value:
		return nil
	}
	return s.Org.Update(ctx, "environmentvariablevalues("+is.EnvironmentVariableValueID+")", map[string]any{"value": v.Value})
}
