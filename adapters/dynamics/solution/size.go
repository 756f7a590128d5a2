package solution

import (
	"encoding/base64"
	"fmt"
	"path"
	"strings"
)

// Limits of an organisation whose administrator has changed none. A control's script becomes a web resource, too. Facts:
// powerapps-docs/developer/model-driven-apps/use-web-resources.md (organization.maxuploadfilesize, which is 5120 KB) and
// data-platform/file-attributes.md (one request). Attachments are counted as Base64; of web resources that is not said, so they are as well.
const (
	maxResource = 5120 << 10
	maxRequest  = 128 << 20
)

// checkResource refuses what no organisation would take as one web resource.
func checkResource(name string, content []byte) error {
	if n := base64.StdEncoding.EncodedLen(len(content)); n > maxResource {
		return fmt.Errorf("solution: %s is %d KB as Base64, and Dynamics takes web resources of at most %d KB: make the script smaller", name, n>>10, maxResource>>10)
	}
	return nil
}

func (p parts) checkResources() error {
	for name, content := range p {
		if !strings.HasPrefix(name, "WebResources/") && path.Ext(name) != ".js" {
			continue
		}
		if err := checkResource(name, content); err != nil {
			return err
		}
	}
	return nil
}

// checkRequest refuses a package that an import could not carry in one request, where it stands as Base64 among a little JSON.
func checkRequest(zip []byte) error {
	const around = 4 << 10
	if n := base64.StdEncoding.EncodedLen(len(zip)) + around; n > maxRequest {
		return fmt.Errorf("solution: the package is %d MB as Base64, and Dynamics takes requests of at most %d MB", n>>20, maxRequest>>20)
	}
	return nil
}
