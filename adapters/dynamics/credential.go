package dynamics

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Application is our app registration as one tenant of Entra ID knows it. At most one of Secret, Certificate, Workload and Managed says how
// it proves itself; with none of them, the service's environment does.
type Application struct {
	Tenant      string
	Client      string
	Secret      string
	Certificate string // path of a PEM or PFX file with the private key
	Workload    bool   // Kubernetes workload identity
	Managed     bool   // managed identity of the machine, which belongs to the organisation's own tenant
}

// Credentials signs applications in at Entra ID, each once for all companies that use it: tokens are kept in the credential. Safe for
// concurrent use.
type Credentials struct {
	options azcore.ClientOptions
	getenv  func(string) string

	mu   sync.Mutex
	made map[Application]azcore.TokenCredential
}

// NewCredentials signs in at authority, e.g. https://login.microsoftonline.com. getenv gives what the environment says of the service's own
// application; transport is nil but in tests.
func NewCredentials(authority string, getenv func(string) string, transport policy.Transporter) *Credentials {
	options := azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: authority}, Transport: transport}
	return &Credentials{options: options, getenv: getenv, made: map[Application]azcore.TokenCredential{}}
}

// Get is an application's credential. What is not said of it is taken from AZURE_TENANT_ID and AZURE_CLIENT_ID.
func (c *Credentials) Get(a Application) (azcore.TokenCredential, error) {
	if a.Tenant == "" {
		a.Tenant = c.getenv("AZURE_TENANT_ID")
	}
	if a.Client == "" {
		a.Client = c.getenv("AZURE_CLIENT_ID")
	}
	if a.Tenant == "" || a.Client == "" && !a.Managed {
		return nil, errors.New("dynamics: the application needs a tenant and a client id")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if made, ok := c.made[a]; ok {
		return made, nil
	}
	made, err := c.make(a)
	if err == nil {
		c.made[a] = made
	}
	return made, err
}

func (c *Credentials) make(a Application) (azcore.TokenCredential, error) {
	proofs := 0
	for _, given := range []bool{a.Secret != "", a.Certificate != "", a.Workload, a.Managed} {
		if given {
			proofs++
		}
	}
	switch {
	case proofs > 1:
		return nil, errors.New("dynamics: the application proves itself by one of secret, certificate, workload and managed identity")
	case a.Workload:
		return c.workload(a)
	case a.Managed:
		return c.managed(a.Client)
	case a.Certificate != "":
		return c.certificate(a, "")
	case a.Secret != "":
		return azidentity.NewClientSecretCredential(a.Tenant, a.Client, a.Secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: c.options})
	}
	return c.fromEnvironment(a)
}

// fromEnvironment tries, in this order, what the environment has: a workload's identity, a certificate, a secret. The machine's own identity
// is the last, and only where its address is named or nothing else is there, as asking for it takes long elsewhere.
func (c *Credentials) fromEnvironment(a Application) (azcore.TokenCredential, error) {
	var chain []azcore.TokenCredential
	var failed error
	add := func(made azcore.TokenCredential, err error) {
		if failed = errors.Join(failed, err); err == nil {
			chain = append(chain, made)
		}
	}
	if c.getenv("AZURE_FEDERATED_TOKEN_FILE") != "" {
		add(c.workload(a))
	}
	if path := c.getenv("AZURE_CLIENT_CERTIFICATE_PATH"); path != "" {
		a.Certificate = path
		add(c.certificate(a, c.getenv("AZURE_CLIENT_CERTIFICATE_PASSWORD")))
	}
	if secret := c.getenv("AZURE_CLIENT_SECRET"); secret != "" {
		add(azidentity.NewClientSecretCredential(a.Tenant, a.Client, secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: c.options}))
	}
	if c.getenv("IDENTITY_ENDPOINT") != "" || len(chain) == 0 {
		add(c.managed(a.Client))
	}
	if failed != nil {
		return nil, failed
	}
	return azidentity.NewChainedTokenCredential(chain, nil)
}

func (c *Credentials) workload(a Application) (azcore.TokenCredential, error) {
	return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: c.options, TenantID: a.Tenant, ClientID: a.Client, TokenFilePath: c.getenv("AZURE_FEDERATED_TOKEN_FILE"),
	})
}

func (c *Credentials) managed(client string) (azcore.TokenCredential, error) {
	o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: c.options}
	if client != "" {
		o.ID = azidentity.ClientID(client)
	}
	return azidentity.NewManagedIdentityCredential(o)
}

func (c *Credentials) certificate(a Application, password string) (azcore.TokenCredential, error) {
	file, err := os.ReadFile(a.Certificate)
	if err != nil {
		return nil, fmt.Errorf("dynamics: %w", err)
	}
	certs, key, err := azidentity.ParseCertificates(file, []byte(password))
	if err != nil {
		return nil, errors.New("dynamics: the certificate file holds no certificate with its key")
	}
	return azidentity.NewClientCertificateCredential(a.Tenant, a.Client, certs, key, &azidentity.ClientCertificateCredentialOptions{ClientOptions: c.options})
}

// StaticToken is a credential that always gives the same token: for a stand-in, never for Entra ID.
func StaticToken(token string) azcore.TokenCredential { return staticToken(token) }

type staticToken string

func (t staticToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(t), ExpiresOn: time.Now().Add(time.Hour)}, nil
}
