package house

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
)

const kubernetes = "manifests/kubernetes"

// object is what the tests look at in an object of Kubernetes.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	Spec     struct {
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     pod
		}
	}
}

type pod struct {
	ServiceAccountName string `yaml:"serviceAccountName"`
	SecurityContext    struct {
		SeccompProfile struct {
			Type             string
			LocalhostProfile string `yaml:"localhostProfile"`
		} `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
	Containers []struct {
		Ports        []struct{ Name string }
		Env          []struct{ Name string }
		StartupProbe *struct {
			HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
		} `yaml:"startupProbe"`
		VolumeMounts []struct{ Name string } `yaml:"volumeMounts"`
	}
	Volumes []volume
}

type volume struct {
	Name                  string
	PersistentVolumeClaim *struct {
		ClaimName string `yaml:"claimName"`
	} `yaml:"persistentVolumeClaim"`
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// objects are all of the manifests, and the pod of the deployment.
func objects(t *testing.T) (all []object, deployment object) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, kubernetes, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no manifests", err)
	}
	for _, f := range files {
		for _, text := range bytes.Split(read(t, kubernetes, filepath.Base(f)), []byte("\n---\n")) {
			var o object
			if err := yaml.Unmarshal(text, &o); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			if o.Kind == "" || o.Metadata.Name == "" {
				t.Errorf("%s: an object without kind or name", f)
			}
			if o.Kind == "Deployment" {
				deployment = o
			}
			all = append(all, o)
		}
	}
	if len(deployment.Spec.Template.Spec.Containers) == 0 {
		t.Fatal("no deployment with a container")
	}
	return all, deployment
}

// TestManifestsNameWhatIsThere: files, objects, settings, ports and volumes that the deployment names exist.
func TestManifestsNameWhatIsThere(t *testing.T) {
	all, deployment := objects(t)
	p := deployment.Spec.Template.Spec
	there := func(kind, name string) {
		t.Helper()
		if !slices.ContainsFunc(all, func(o object) bool { return o.Kind == kind && o.Metadata.Name == name }) {
			t.Errorf("no %s %q", kind, name)
		}
	}
	there("ServiceAccount", p.ServiceAccountName)
	profile := p.SecurityContext.SeccompProfile
	if profile.Type != "Localhost" {
		t.Errorf("the seccomp profile is %+v", profile)
	}
	read(t, kubernetes, profile.LocalhostProfile)
	settings := read(t, "docs", "config.md")
	for _, c := range p.Containers {
		for _, e := range c.Env {
			if !bytes.Contains(settings, []byte("`"+e.Name+"`")) {
				t.Errorf("there is no setting %s", e.Name)
			}
		}
		if c.StartupProbe == nil || c.StartupProbe.HTTPGet.Path != "/healthz" || c.StartupProbe.HTTPGet.Port != c.Ports[0].Name {
			t.Errorf("the startup probe is %+v: without one a long recovery is killed and begun again", c.StartupProbe)
		}
		for _, m := range c.VolumeMounts {
			if !slices.ContainsFunc(p.Volumes, func(v volume) bool { return v.Name == m.Name }) {
				t.Errorf("no volume %q", m.Name)
			}
		}
	}
	for _, v := range p.Volumes {
		if v.PersistentVolumeClaim != nil {
			there("PersistentVolumeClaim", v.PersistentVolumeClaim.ClaimName)
		}
	}
	for _, named := range regexp.MustCompile("`([a-z-]+/[A-Za-z./-]*)`").FindAllSubmatch(read(t, "manifests", "README.md"), -1) {
		if _, err := os.Stat(filepath.Join(root, "manifests", string(named[1]))); err != nil {
			t.Errorf("manifests/README.md names %s: %v", named[1], err)
		}
	}
}

// TestWorkloadIdentityFitsTheExample: the example company signs in by workload identity, which a pod must ask for by a label.
func TestWorkloadIdentityFitsTheExample(t *testing.T) {
	_, deployment := objects(t)
	labels := deployment.Spec.Template.Metadata.Labels
	workload := bytes.Contains(read(t, "manifests", "company", "example.json"), []byte(`"workload": true`))
	if use := labels["azure.workload.identity/use"]; workload != (use == "true") {
		t.Errorf("the example uses workload identity: %t; the pod's label says %q", workload, use)
	}
}

// TestSeccompProfile: valid JSON of the OCI runtime's form that refuses by default, allows what Chromium's sandbox is made of, and
// nothing that leads out of a container.
func TestSeccompProfile(t *testing.T) {
	var profile struct {
		DefaultAction string `json:"defaultAction"`
		Syscalls      []struct {
			Action   string   `json:"action"`
			Names    []string `json:"names"`
			ErrnoRet int      `json:"errnoRet"`
		} `json:"syscalls"`
	}
	dec := json.NewDecoder(bytes.NewReader(read(t, kubernetes, "cobrowse-chromium.json")))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&profile); err != nil {
		t.Fatal(err)
	}
	if profile.DefaultAction != "SCMP_ACT_ERRNO" {
		t.Errorf("what is not named is %s", profile.DefaultAction)
	}
	rule := map[string]string{}
	for _, s := range profile.Syscalls {
		for _, name := range s.Names {
			if rule[name] != "" {
				t.Errorf("%s is named twice", name)
			}
			rule[name] = s.Action
		}
	}
	for _, name := range []string{"clone", "unshare", "chroot", "seccomp", "prctl", "capset", "execve"} {
		if rule[name] != "SCMP_ACT_ALLOW" {
			t.Errorf("Chromium's sandbox needs %s", name)
		}
	}
	// Programs fall back to clone when clone3 is "not implemented" (38), as its flags are in memory where no filter can look.
	if rule["clone3"] != "SCMP_ACT_ERRNO" {
		t.Errorf("clone3 is %s", rule["clone3"])
	}
	for _, name := range []string{
		"mount", "umount2", "pivot_root", "setns", "ptrace", "process_vm_writev", "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key",
		"kexec_load", "init_module", "finit_module", "delete_module", "open_by_handle_at", "io_uring_setup", "reboot", "swapon", "mknod",
	} {
		if rule[name] == "SCMP_ACT_ALLOW" {
			t.Errorf("%s is allowed", name)
		}
	}
}
