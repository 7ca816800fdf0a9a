package gateway

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/rules"
)

// aloneEnv makes the test binary a gateway by the configuration in the directory
// that it names, so that its memory is its own; storeEnv says where its store is.
const (
	aloneEnv = "DRAGOMAN_TEST_ALONE"
	storeEnv = "DRAGOMAN_TEST_STORE"
)

func alone(dir string) {
	if err := runAlone(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runAlone(dir string) error {
	c, err := config.Load(filepath.Join(dir, "dragoman.yaml"), true)
	if err != nil {
		return err
	}
	c.Server.Listen, c.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	st, err := openAt(context.Background(), os.Getenv(storeEnv))
	if err != nil {
		return err
	}
	defer st.Close()
	g, err := New(c, st, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	public, admin, err := g.Listen()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	fmt.Printf("http://%s\n", public.Addr())
	return g.Run(ctx, public, admin)
}

// A long backlog, in ten thousand lanes whose destinations are down, costs little
// memory and no time at the start, and the lanes of others do not notice.
func TestABacklogCostsLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for _, kind := range storeKinds {
		t.Run(kind, func(t *testing.T) { backlogged(t, kind) })
	}
}

func backlogged(t *testing.T, kind string) {
	const lanes, mostMB = 10_000, 250
	pending := 100_000
	if os.Getenv("DRAGOMAN_LONG") != "" {
		pending = 1_000_000
	}
	dir, sink := t.TempDir(), newSink(t)
	t.Setenv("LANES_SECRET", secret)
	var yaml strings.Builder
	yaml.WriteString("version: 1\negress: {allow: [127.0.0.0/8]}\ndefaults: {pace: none}\nsources: {s0: {secret: {env: LANES_SECRET}}}\n" +
		"routes: [{name: r0, when: 'source == \"s0\"', to: [d0]}]\ndestinations:\n")
	for i := range lanes {
		t.Setenv(fmt.Sprintf("L%d", i), fmt.Sprintf("%s/api/webhooks/%d/a", sink.server.URL, 100+i))
		fmt.Fprintf(&yaml, "  d%d: {discord: {url: {env: L%d}}}\n", i, i)
	}
	file := filepath.Join(dir, "dragoman.yaml")
	if err := os.WriteFile(file, []byte(yaml.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, true)
	if err != nil {
		t.Fatal(err)
	}
	at := place(t, kind, filepath.Join(dir, "data"))
	fill(t, c, at, pending)

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), aloneEnv+"="+dir, storeEnv+"="+at)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	ready := time.Since(begin)
	src := IngestSource(c.Source("s0"))
	s := &gate{t: t, client: sink.server.Client()}
	hooks := []string{ingest.AddressesOf(&src, strings.TrimSpace(address)).Slack}
	s.latency(t, sink, hooks, 100, 10*time.Millisecond) // the lanes are leased meanwhile
	_, through := s.latency(t, sink, hooks, 300, 10*time.Millisecond)
	p50, p99, memory := quantile(through, 0.5), quantile(through, 0.99), residentMB(t, cmd.Process.Pid)
	t.Logf("%d pending in %d lanes: ready after %v, %d MB resident; in to out of another lane: p50 %v, p99 %v", pending, lanes, ready, memory, p50, p99)
	if memory > mostMB {
		t.Errorf("%d MB are resident, more than %d", memory, mostMB)
	}
	if limit := 2 * time.Second; ready > 4*limit { // a busy machine gets some more
		t.Errorf("ready after %v, not %v", ready, limit)
	}
	if p50 > 250*time.Millisecond {
		t.Errorf("in to out of another lane: p50 %v", p50)
	}
}

// fill puts deliveries into all lanes but the first, and closes their gates.
func fill(t *testing.T, c *config.Config, at string, pending int) {
	t.Helper()
	g, err := New(c, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	st, err := openAt(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	const batch = 1000
	work := make(chan int)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for from := range work {
				var list []store.Incoming
				for i := from; i < from+batch; i++ {
					to := fmt.Sprintf("d%d", 1+i%(len(c.Destinations)-1))
					d, err := g.delivery("s0", rules.Delivery{Route: "r0", To: to})
					if err != nil {
						t.Error(err)
						return
					}
					list = append(list, store.Incoming{
						Source: "s0", Dialect: "slack", Body: []byte(kilobyte), At: time.Now(), Verdict: "routed", Summary: "Deploy finished",
						Deliveries: []store.NewDelivery{d},
					})
				}
				if _, err := st.Ingest(t.Context(), list); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := 0; i < pending; i += batch {
		work <- i
	}
	close(work)
	wg.Wait()
	closed := store.Gate{Until: time.Now().Add(time.Hour), Reason: "network", Faults: 10}
	for i := 1; i < len(c.Destinations); i++ {
		wg.Go(func() {
			if err := st.SetGate(t.Context(), g.destinations[fmt.Sprintf("d%d", i)].lane, closed); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// residentMB is the memory that a process has in use.
func residentMB(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("there is no /proc here")
	}
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb >> 10
}
