package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Standing is how the lanes stand now, and how many gateways are alive.
type Standing func(ctx context.Context) ([]Lane, int, error)

// Lane is what one lane has before it.
type Lane struct {
	Name         string
	Backlog      int       // pending deliveries
	Oldest       time.Time // birth of the oldest of them; zero: none
	Circuit      string    // one of Circuits; empty: of no interest
	Destinations []string  // that share it
}

// The states of a destination's circuit.
const (
	Closed  = "closed"  // it is sent to
	Waiting = "waiting" // after a failure, or as it has asked: tried again by itself
	Stopped = "stopped" // it has refused us: a person has to look
	Paused  = "paused"  // by a person
)

// Circuits are all of them.
var Circuits = []string{Closed, Waiting, Stopped, Paused}

// patience is how long a reading may wait for the store.
const patience = 10 * time.Second

// lanes is a collector: what it shows is in the store, not in this process.
type lanes struct {
	standing                           Standing
	backlog, oldest, circuit, gateways *prometheus.Desc
}

func newLanes(s Standing) *lanes {
	return &lanes{
		standing: s,
		backlog:  prometheus.NewDesc("dragoman_lane_backlog", "Deliveries that are still to be made.", []string{"lane"}, nil),
		oldest:   prometheus.NewDesc("dragoman_lane_oldest_seconds", "Age of the oldest delivery that is still to be made.", []string{"lane"}, nil),
		circuit:  prometheus.NewDesc("dragoman_destination_circuit", "1 at the state that a destination is in.", []string{"destination", "state"}, nil),
		gateways: prometheus.NewDesc("dragoman_gateways", "Gateways that work on this store.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (l *lanes) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{l.backlog, l.oldest, l.circuit, l.gateways} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (l *lanes) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	list, gateways, err := l.standing(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(l.backlog, err)
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(l.gateways, float64(gateways))
	for _, lane := range list {
		age := 0.0
		if !lane.Oldest.IsZero() {
			age = max(0, time.Since(lane.Oldest).Seconds())
		}
		gauge(l.backlog, float64(lane.Backlog), lane.Name)
		gauge(l.oldest, age, lane.Name)
		for _, d := range lane.Destinations {
			for _, state := range Circuits {
				on := 0.0
				if state == lane.Circuit {
					on = 1
				}
				gauge(l.circuit, on, d, state)
			}
		}
	}
}
