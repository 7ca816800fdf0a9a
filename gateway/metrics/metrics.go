// Package metrics counts what the gateway does, for Prometheus. The root tells it
// by method calls; it asks nobody but for the standing of the lanes, when it is
// read.
//
// Labels take values only from the configuration and from fixed words: what
// comes from outside never becomes one. The root sees to that.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the numbers of one process. All methods may be called concurrently.
type Metrics struct {
	registry     *prometheus.Registry
	events       *prometheus.CounterVec
	translations *prometheus.HistogramVec
	failures     *prometheus.CounterVec
	notes        *prometheus.CounterVec
	deliveries   *prometheus.CounterVec
	waits        prometheus.Histogram
	attempts     *prometheus.CounterVec
	commits      *prometheus.HistogramVec
	uncommitted  *prometheus.CounterVec
}

// The bounds of histograms, in seconds: a translation takes microseconds, a commit
// milliseconds, and a delivery up to a day.
var (
	translationBounds = []float64{5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 5e-3, 25e-3, 100e-3}
	commitBounds      = []float64{.5e-3, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1, 5}
	waitBounds        = []float64{5e-3, 25e-3, 100e-3, .5, 1, 5, 30, 60, 300, 1800, 3600, 6 * 3600, 24 * 3600}
)

// New makes the numbers, all zero. standing is asked whenever they are read.
func New(standing Standing) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "dragoman_" + name, Help: help}, labels)
	}
	histogram := func(name, help string, bounds []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "dragoman_" + name, Help: help, Buckets: bounds}, labels)
	}
	m := &Metrics{
		registry:     prometheus.NewRegistry(),
		events:       counter("events_total", "Events accepted, by what the rules made of them.", "source", "dialect", "verdict"),
		translations: histogram("translation_seconds", "Time to read one event and write it for one destination.", translationBounds, "from", "to"),
		failures:     counter("translation_failures_total", "Events that could not be read or written.", "from", "to"),
		notes:        counter("notes_total", "Losses that were noted while translating.", "format", "loss"),
		deliveries:   counter("deliveries_total", "Deliveries that have come to an end.", "lane", "outcome"),
		waits: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "dragoman_delivery_seconds",
			Help: "Time from the acceptance of a delivery to its end.", Buckets: waitBounds}),
		attempts:    counter("attempts_total", "Requests to destinations, by what the answer meant.", "lane", "verdict"),
		commits:     histogram("store_commit_seconds", "Time to make something durable: arrivals at the door, outcomes of lanes.", commitBounds, "of"),
		uncommitted: counter("store_failures_total", "Times that something could not be made durable.", "of"),
	}
	m.registry.MustRegister(m.events, m.translations, m.failures, m.notes, m.deliveries, m.waits, m.attempts, m.commits, m.uncommitted,
		newLanes(standing), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Build shows the version at work. It is called once.
func (m *Metrics) Build(version string) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "dragoman_build_info", Help: "The version at work.", ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 }))
}

// Handler shows the numbers in Prometheus' text format. When the store does not
// answer, it shows the rest.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Event counts an event that was accepted.
func (m *Metrics) Event(source, dialect, verdict string) {
	m.events.WithLabelValues(source, dialect, verdict).Inc()
}

// Translated counts a translation from one format to another.
func (m *Metrics) Translated(from, to string, took time.Duration) {
	m.translations.WithLabelValues(from, to).Observe(took.Seconds())
}

// Untranslated counts an event that could not be translated.
func (m *Metrics) Untranslated(from, to string) { m.failures.WithLabelValues(from, to).Inc() }

// Noted counts a loss in a translation to a format.
func (m *Metrics) Noted(format, loss string) { m.notes.WithLabelValues(format, loss).Inc() }

// Delivered counts a delivery that has come to an end, and how long that took.
func (m *Metrics) Delivered(lane, outcome string, took time.Duration) {
	m.deliveries.WithLabelValues(lane, outcome).Inc()
	m.waits.Observe(took.Seconds())
}

// Tried counts a request to a destination.
func (m *Metrics) Tried(lane, verdict string) { m.attempts.WithLabelValues(lane, verdict).Inc() }

// Committed counts something that was made durable, or was not: of is what.
func (m *Metrics) Committed(of string, took time.Duration, ok bool) {
	if ok {
		m.commits.WithLabelValues(of).Observe(took.Seconds())
	} else {
		m.uncommitted.WithLabelValues(of).Inc()
	}
}
