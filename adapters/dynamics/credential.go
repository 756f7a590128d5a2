package dynamics

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Application is our app registration as one tenant of Entra ID knows it. Exactly one of Secret, Certificate and Workload
// says how it proves itself.
type Application struct {
	Tenant      string
	Client      string
	Secret      string
	Certificate string // path of a PEM or PFX file with the private key
	Workload    bool   // Kubernetes workload identity
}

// NewCredential signs an application in at Entra ID.
func NewCredential(a Application) (azcore.TokenCredential, error) {
	if a.Tenant == "" || a.Client == "" {
		return nil, errors.New("dynamics: the application needs a tenant and a client id")
	}
	switch {
	case a.Workload && a.Secret == "" && a.Certificate == "":
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{TenantID: a.Tenant, ClientID: a.Client})
	case a.Certificate != "" && a.Secret == "" && !a.Workload:
		return certificateCredential(a)
	case a.Secret != "" && a.Certificate == "" && !a.Workload:
		return azidentity.NewClientSecretCredential(a.Tenant, a.Client, a.Secret, nil)
	}
	return nil, errors.New("dynamics: the application proves itself by exactly one of secret, certificate and workload identity")
}

func certificateCredential(a Application) (azcore.TokenCredential, error) {
	file, err := os.ReadFile(a.Certificate)
	if err != nil {
		return nil, fmt.Errorf("dynamics: %w", err)
	}
	certs, key, err := azidentity.ParseCertificates(file, nil)
	if err != nil {
		return nil, errors.New("dynamics: the certificate file holds no certificate with its key")
	}
	return azidentity.NewClientCertificateCredential(a.Tenant, a.Client, certs, key, nil)
}

// StaticToken is a credential that always gives the same token: for a stand-in, never for Entra ID.
func StaticToken(token string) azcore.TokenCredential { return staticToken(token) }

type staticToken string

func (t staticToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(t), ExpiresOn: time.Now().Add(time.Hour)}, nil
}
