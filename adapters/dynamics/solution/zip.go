package solution

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// parts are a package's files by name.
type parts map[string][]byte

const contentTypes = "[Content_Types].xml"

// pack makes a zip whose bytes depend on nothing but the parts.
func (p parts) pack() ([]byte, error) {
	all := maps.Clone(p)
	all[contentTypes] = p.contentTypes()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return nil, fmt.Errorf("solution: %w", err)
		}
		if _, err := f.Write(all[name]); err != nil {
			return nil, fmt.Errorf("solution: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("solution: %w", err)
	}
	return out.Bytes(), nil
}

// contentTypes names every extension, and one by one the parts of web resources, whose names end in an id.
func (p parts) contentTypes() []byte {
	extensions, overrides := map[string]bool{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if strings.HasPrefix(name, "WebResources/") {
			overrides = append(overrides, name)
			continue
		}
		extensions[strings.TrimPrefix(path.Ext(name), ".")] = true
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`)
	for _, e := range slices.Sorted(maps.Keys(extensions)) {
		fmt.Fprintf(&b, `<Default Extension="%s" ContentType="application/octet-stream" />`, e)
	}
	for _, name := range overrides {
		fmt.Fprintf(&b, `<Override PartName="/%s" ContentType="application/octet-stream" />`, name)
	}
	b.WriteString(`</Types>`)
	return []byte(b.String())
}
