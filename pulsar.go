package clevercloud

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
)

// PulsarService is the storage policies of Pulsar add-ons.
// See https://www.clever-cloud.com/developers/api/v4/#pulsar-policies.
type PulsarService service

const pulsarPoliciesPath = "/v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies"

var (
	pulsarGetStoragePolicies = operation[none, *StoragePolicies]{
		id: "pulsar.get-storage-policies", method: http.MethodGet, repeat: always, path: pulsarPoliciesPath,
	}
	pulsarUpdateStoragePolicies = operation[StoragePoliciesPatch, *StoragePolicies]{
		id: "pulsar.update-storage-policies", method: http.MethodPatch, repeat: always, path: pulsarPoliciesPath,
		ifEmpty: func([]string) *StoragePolicies { return &StoragePolicies{} },
	}
)

// StoragePolicies say how long a Pulsar add-on keeps messages, and where.
type StoragePolicies struct {
	// Retention is how long messages are kept in a topic; nil is for ever.
	Retention *StoragePolicy `json:"retentionPolicies,omitzero"`
	// Offload is how long messages stay on fast disks before they move to object storage; nil is no offload.
	Offload *StoragePolicy `json:"offloadPolicies,omitzero"`
}

// A StoragePolicy bounds messages by size and age. The API has known two pairs of units, those of its reference and those of its current
// version; whichever it answers with is set. A nil field is null or absent: no bound. In the current units a negative number is no
// bound, too.
type StoragePolicy struct {
	// SizeInMB and DurationInDays are the units of the API reference.
	SizeInMB       *int64 `json:"sizeInMB,omitzero"`
	DurationInDays *int64 `json:"durationInDays,omitzero"`
	// SizeInBytes and DurationInMinutes are the units of the current API.
	SizeInBytes       *int64 `json:"sizeInBytes,omitzero"`
	DurationInMinutes *int64 `json:"durationInMinutes,omitzero"`
	// Unread holds values of the four that are neither whole numbers nor null, by their JSON names. It is nil unless the API surprises.
	Unread map[string]json.RawMessage `json:"-"`
}

// fields lists the four bounds by their JSON names.
func (p *StoragePolicy) fields() map[string]**int64 {
	return map[string]**int64{
		"sizeInMB": &p.SizeInMB, "durationInDays": &p.DurationInDays,
		"sizeInBytes": &p.SizeInBytes, "durationInMinutes": &p.DurationInMinutes,
	}
}

// UnmarshalJSON reads whole numbers in any notation (7, 7.0, 7e3) and nulls, and keeps anything else in Unread.
func (p *StoragePolicy) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	for name, field := range p.fields() {
		value, ok := members[name]
		if !ok || string(value) == "null" {
			continue
		}
		if n, ok := wholeNumber(value); ok {
			*field = &n
			continue
		}
		if p.Unread == nil {
			p.Unread = map[string]json.RawMessage{}
		}
		p.Unread[name] = value
	}
	return nil
}

// MarshalJSON writes the bounds that are set, and Unread.
func (p StoragePolicy) MarshalJSON() ([]byte, error) {
	members := map[string]any{}
	for name, value := range p.Unread {
		members[name] = value
	}
	for name, field := range p.fields() {
		if *field != nil {
			members[name] = **field
		}
	}
	return json.Marshal(members)
}

// wholeNumber reads digits exactly; a fraction of zeros or an exponent is fine as long as a float64 holds the number exactly.
func wholeNumber(text []byte) (int64, bool) {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !isJSONNumber(text) || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// A StoragePoliciesPatch changes policies. What is left out stays as it is.
type StoragePoliciesPatch struct {
	Retention StoragePolicyPatch `json:"retentionPolicies,omitzero"`
	Offload   StoragePolicyPatch `json:"offloadPolicies,omitzero"`
}

// A StoragePolicyPatch changes a policy: [Value] sets a bound, [Null] removes it, a field left out stays as it is. What is set is what is
// sent: units are never converted. The current API reads bytes and minutes and may ignore the other pair in silence; the returned
// policies show what it made of them.
type StoragePolicyPatch struct {
	SizeInMB          Optional[int64] `json:"sizeInMB,omitzero"`
	DurationInDays    Optional[int64] `json:"durationInDays,omitzero"`
	SizeInBytes       Optional[int64] `json:"sizeInBytes,omitzero"`
	DurationInMinutes Optional[int64] `json:"durationInMinutes,omitzero"`
}

func (p StoragePoliciesPatch) encode(d *draft) error {
	if p == (StoragePoliciesPatch{}) {
		return &ValidationError{Argument: "StoragePoliciesPatch", Reason: "must set something"}
	}
	return d.json(p)
}

// GetStoragePolicies returns the policies of a Pulsar add-on. The id is the real one, pulsar_…: an addon_… id is [ErrNotFound].
//
//	GET /v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies
func (s *PulsarService) GetStoragePolicies(ctx context.Context, id PulsarID, opts ...CallOption) (*StoragePolicies, error) {
	return pulsarGetStoragePolicies.call(ctx, s.client, opts, none{}, string(id))
}

// UpdateStoragePolicies changes policies and returns them as they then are. An API that answers with anything but policies is asked for
// them by a GET.
//
//	PATCH /v4/addon-providers/addon-pulsar/addons/{addon-id}/storage-policies
func (s *PulsarService) UpdateStoragePolicies(ctx context.Context, id PulsarID, in StoragePoliciesPatch, opts ...CallOption) (*StoragePolicies, error) {
	policies, err := pulsarUpdateStoragePolicies.call(ctx, s.client, opts, in, string(id))
	var foreign *DecodeError
	if errors.As(err, &foreign) || err == nil && *policies == (StoragePolicies{}) {
		return s.GetStoragePolicies(ctx, id, opts...)
	}
	return policies, err
}
