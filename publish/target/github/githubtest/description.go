package githubtest

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

//go:embed testdata/api.github.com.json
var descriptionText []byte

// A description is GitHub's description of its API.
type description struct {
	doc    *openapi3.T
	routes []*route
	// examples are the description's own, by name.
	examples map[string]json.RawMessage
}

// A route is one operation of the API.
type route struct {
	op      string
	method  string
	pattern *regexp.Regexp
	route   *routers.Route
	params  map[string]string // of the request that matched
}

var operations = map[string]string{
	"repos/get": "repository", "repos/list-releases": "list", "repos/create-release": "create",
	"repos/get-release": "release", "repos/get-release-by-tag": "tag", "repos/update-release": "edit",
	"repos/delete-release": "delete", "repos/list-release-assets": "assets", "repos/upload-release-asset": "upload",
	"repos/get-release-asset": "asset", "repos/delete-release-asset": "drop",
}

// loadDescription reads the description, once.
var loadDescription = sync.OnceValues(func() (*description, error) {
	doc, err := openapi3.NewLoader().LoadFromData(descriptionText)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return nil, err
	}
	d := &description{doc: doc, examples: make(map[string]json.RawMessage)}
	for name, e := range doc.Components.Examples {
		text, err := json.Marshal(e.Value.Value)
		if err != nil {
			return nil, err
		}
		d.examples[name] = text
	}
	for path, item := range doc.Paths.Map() {
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`\\\{(\w+)\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `(?P<$1>[^/]+)`) + "$")
		for method, op := range item.Operations() {
			if name := operations[op.OperationID]; name != "" {
				d.routes = append(d.routes, &route{op: name, method: method, pattern: pattern,
					route: &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}})
			}
		}
	}
	if len(d.routes) != len(operations) {
		return nil, fmt.Errorf("the description has %d of %d operations", len(d.routes), len(operations))
	}
	return d, nil
})

var number = regexp.MustCompile(`^[0-9]+$`)

// route finds the operation that a request is for.
func (d *description) route(method, path string) *route {
	for _, r := range d.routes {
		m := r.pattern.FindStringSubmatch(path)
		if m == nil || r.method != method {
			continue
		}
		found := *r
		found.params = make(map[string]string)
		for i, name := range r.pattern.SubexpNames() {
			if name != "" {
				found.params[name] = m[i]
			}
		}
		if id, ok := found.params["release_id"]; !ok || number.MatchString(id) {
			return &found
		}
	}
	return nil
}

var strict = &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true,
	SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.DisableSchemaErrorDetails()}}

func (r *route) input(req *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	clone := req.Clone(req.Context())
	clone.Body = io.NopCloser(bytes.NewReader(body))
	return &openapi3filter.RequestValidationInput{
		Request: clone, PathParams: r.params, Route: r.route, QueryParams: req.URL.Query(),
		Options: strict,
	}
}

// checkRequest holds a request to the description. It does not know of headers that every request has, and
// does not say that other keys than those of a body's are refused: they are here.
func (d *description) checkRequest(r *route, req *http.Request, body []byte) error {
	var errs []error
	if v := req.Header.Get("X-GitHub-Api-Version"); v != "2022-11-28" {
		errs = append(errs, fmt.Errorf("the API's version is %q", v))
	}
	if req.Header.Get("User-Agent") == "" {
		errs = append(errs, errors.New("there is no User-Agent"))
	}
	if schema := r.route.Operation.RequestBody; schema != nil && strings.HasPrefix(req.Header.Get("Content-Type"), "application/json") {
		var keys map[string]json.RawMessage
		errs = append(errs, json.Unmarshal(body, &keys))
		for key := range keys {
			if media := schema.Value.Content["application/json"]; media == nil || media.Schema.Value.Properties[key] == nil {
				errs = append(errs, fmt.Errorf("there is no %q", key))
			}
		}
	}
	for name := range req.URL.Query() {
		if r.route.Operation.Parameters.GetByInAndName("query", name) == nil {
			errs = append(errs, fmt.Errorf("there is no parameter %q", name))
		}
	}
	return errors.Join(append(errs, openapi3filter.ValidateRequest(req.Context(), r.input(req, body)))...)
}

// checkAnswer holds an answer to the description. Failures that it does not list have a message at least.
// The state "starter" is in its prose and not in its schema.
func (d *description) checkAnswer(r *route, req *http.Request, a *answer) error {
	if a.cut || a.status == http.StatusFound {
		return nil
	}
	if described := r.route.Operation.Responses.Status(a.status); described == nil || described.Value == nil || len(described.Value.Content) == 0 && a.status >= 400 {
		var failure struct {
			Message string `json:"message"`
		}
		if a.status < 400 {
			return errors.New("it is not described")
		}
		if a.status >= 500 {
			return nil // a proxy's page
		}
		if err := json.Unmarshal(a.body, &failure); err != nil || failure.Message == "" {
			return fmt.Errorf("it has no message: %w", err)
		}
		return nil
	}
	return openapi3filter.ValidateResponse(req.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: r.input(req, nil), Status: a.status, Header: a.header,
		Body:    io.NopCloser(bytes.NewReader(bytes.ReplaceAll(a.body, []byte(`"state":"starter"`), []byte(`"state":"open"`)))),
		Options: strict,
	})
}
