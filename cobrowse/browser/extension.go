package browser

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"cobrowse-connector/cobrowse/privacy"
)

//go:embed page
var pageFiles embed.FS

// extensionKey fixes the id of the per-session extension. It is a public key; its private half was thrown away.
const extensionKey = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlkHmjhLS7Uu1MAfwZokkBCdSXUiDby/hesEs4E0d6G2+2PkjjTbRYUV3I/QPp3vDsNnbK4AG" +
	"qvLSDM3XhfjyhxSNk3DIWWHEX/9vbZWwiXHlaBENlG7o9abI00yg4UGgwKkpK0if6lHsr9OyV+DtlmFiHf0NokF5qkoY/Ld0DvW1l+As8HVeuKR8chhw" +
	"FrQaK3wINoqCmR6so+Nl4suLoAr4vXtcGR9NWOIbdjE8kZOcEfVMSZf1n22eVVjOa1Fi90h81eND5vHDPvhGlzymrRaIeFDI1sTptP/x6YC43fLSHWEa" +
	"10OCuVzZZeeLA7CmMSOD/ncCVx5ZpLafPILx7QIDAQAB"

// extensionID is derived from extensionKey; a test holds the two together.
const extensionID = "nefmmkkoakeifodolhghbbappkjneccg"

const (
	extensionOrigin = "chrome-extension://" + extensionID + "/"
	capturePage     = extensionOrigin + "capture.html"
)

// manifest is the extension's manifest.json. Nothing is web accessible: a page cannot tell that the extension is there.
type manifest struct {
	ManifestVersion int                     `json:"manifest_version"`
	Name            string                  `json:"name"`
	Version         string                  `json:"version"`
	Key             string                  `json:"key"`
	Incognito       string                  `json:"incognito"`
	Permissions     []string                `json:"permissions"`
	HostPermissions []string                `json:"host_permissions"`
	Background      map[string]any          `json:"background"`
	ContentScripts  []privacy.ContentScript `json:"content_scripts,omitempty"`
}

// selectSheet puts lists of options into the page, so that they are in the picture.
var selectSheet = privacy.ContentScript{
	Matches: []string{"<all_urls>"}, CSS: []string{"select.css"}, RunAt: "document_start",
	AllFrames: true, MatchAboutBlank: true, MatchOriginAsFallback: true,
}

// writeExtension writes the session's extension: the capture page and the privacy scripts.
func writeExtension(dir string, bundle *privacy.Bundle) error {
	files := map[string][]byte{}
	for _, name := range []string{"capture.html", "capture.js", "sound.js", "encoder.js", "load.js", "stills.js", "select.css"} {
		content, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return err
		}
		files[name] = content
	}
	for name, content := range bundle.Files {
		files[name] = content
	}
	description, err := json.Marshal(manifest{
		ManifestVersion: 3, Name: bundle.WorldName, Version: "1", Key: extensionKey, Incognito: "split",
		Permissions:     append(bundle.Permissions, "webNavigation", "tabCapture", "debugger"),
		HostPermissions: []string{"<all_urls>"},
		Background:      map[string]any{"service_worker": "sw.js"},
		ContentScripts:  append(bundle.ContentScripts, selectSheet),
	})
	if err != nil {
		return fmt.Errorf("browser: manifest: %w", err)
	}
	files["manifest.json"] = description
	return writeFiles(dir, files)
}

// writeFiles writes files of the extension. One that is there is replaced at once: Chromium reads them whenever a document begins.
func writeFiles(dir string, files map[string][]byte) error {
	for name, content := range files {
		path := filepath.Join(dir, name)
		//nolint:gosec // not secret from the browser's user, who must read it
		err := os.WriteFile(path+".new", content, 0o644)
		if err == nil {
			err = os.Rename(path+".new", path)
		}
		if err != nil {
			return fmt.Errorf("browser: extension: %w", err)
		}
	}
	return nil
}
