// Program writer is the container that the agent's tests and benchmark watch. It writes lines that
// tell which one they are, keeps a count of them that survives its death, and ends in a given way.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const usage = `usage: writer <command> [flags]

  lines    numbered lines at a rate, then an end
  text     each further argument as a line
  long     one line of -bytes
  bulk     lines of 200 bytes until -bytes are written
  binary   -bytes of every byte value, with line ends among them
  utf8     invalid UTF-8, and characters across every 16 kB border
  stack    a stack of -lang
  nothing  nothing at all
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(64)
	}
	command, args := os.Args[1], os.Args[2:]
	flags := flag.NewFlagSet(command, flag.ExitOnError)
	end := endFlags(flags)
	size := flags.Int("bytes", 0, "how much to print")
	id := flags.String("id", "life-0", "which life of which container writes")
	switch command {
	case "lines":
		run := lineFlags(flags)
		must(flags.Parse(args))
		run(*id)
	case "text":
		must(flags.Parse(args))
		write(os.Stdout, []byte(strings.Join(flags.Args(), "\n")+"\n"))
	case "long":
		must(flags.Parse(args))
		head := *id + " 1 "
		write(os.Stdout, append([]byte(head), repeat("long line ", *size-len(head))...))
		write(os.Stdout, []byte("\n"+*id+" 2 after the long line\n"))
	case "bulk":
		must(flags.Parse(args))
		bulk(*id, *size)
	case "binary":
		must(flags.Parse(args))
		write(os.Stdout, binaryBytes(*size))
		write(os.Stdout, []byte("\n"+*id+" 1 after the binary bytes\n"))
	case "utf8":
		must(flags.Parse(args))
		write(os.Stdout, brokenText(*id))
	case "stack":
		lang := flags.String("lang", "go", "go or python")
		must(flags.Parse(args))
		write(os.Stderr, []byte(stacks[*lang]))
	case "nothing":
		must(flags.Parse(args))
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(64)
	}
	end()
}

// lineFlags gives back what writes the lines once the flags are read.
func lineFlags(flags *flag.FlagSet) func(id string) {
	rate := flags.Float64("rate", 10, "lines a second")
	count := flags.Uint64("count", 0, "how many; 0: until -for is over")
	period := flags.Duration("for", 0, "how long; 0: until -count are written")
	stream := flags.String("stream", "out", "out, err, or both in turn")
	size := flags.Int("size", 120, "bytes of a line")
	counter := flags.String("counter", "", "file that keeps the count")
	after := flags.String("after", "", "begin when this file is there")
	goesOn := flags.Bool("go-on", false, "number on where the counter stands")
	return func(id string) {
		kept := openCounter(*counter)
		before := uint64(0)
		if *goesOn {
			before = kept[1]
		}
		for *after != "" {
			if _, err := os.Stat(*after); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		gap := time.Duration(float64(time.Second) / *rate)
		start := time.Now()
		for n := uint64(1); *count == 0 || n <= *count; n++ {
			due := start.Add(time.Duration(n-1) * gap)
			if *period > 0 && due.Sub(start) >= *period {
				break
			}
			time.Sleep(time.Until(due))
			out := os.Stdout
			if *stream == "err" || (*stream == "both" && n%2 == 0) {
				out = os.Stderr
			}
			atomic.StoreUint64(&kept[0], before+n)
			write(out, numbered(id, before+n, *size))
			atomic.StoreUint64(&kept[1], before+n)
		}
	}
}

// endFlags gives back how it ends once the flags are read.
func endFlags(flags *flag.FlagSet) func() {
	how := flags.String("end", "exit", "exit, panic, oom, stay")
	code := flags.Int("code", 0, "exit code")
	ignore := flags.Bool("ignore-term", false, "do not end at SIGTERM")
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	go func() {
		for range term {
			if !*ignore {
				os.Exit(*code)
			}
		}
	}()
	return func() {
		switch *how {
		case "panic":
			panic("the writer was told to panic")
		case "oom":
			eat()
		case "stay":
			select {}
		}
		os.Exit(*code)
	}
}

// openCounter maps a file: [0] is the line that was begun, [1] the one that was written whole. What
// is stored in it outlives the process, however that ends, and costs no system call per line.
func openCounter(path string) *[2]uint64 {
	if path == "" {
		return new([2]uint64)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	must(err)
	must(file.Truncate(16))
	mapped, err := syscall.Mmap(int(file.Fd()), 0, 16, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	must(err)
	return (*[2]uint64)(unsafe.Pointer(&mapped[0]))
}

// numbered is one line: who, which, when, and words up to its size. Below PIPE_BUF it is written
// whole or not at all.
func numbered(id string, n uint64, size int) []byte {
	head := fmt.Sprintf("%s %d @%d ", id, n, time.Now().UnixMilli())
	return append(append([]byte(head), repeat("some words as lines have them ", size-len(head)-1)...), '\n')
}

func repeat(words string, size int) []byte {
	if size <= 0 {
		return nil
	}
	return bytes.Repeat([]byte(words), size/len(words)+1)[:size]
}

func bulk(id string, size int) {
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	for n, written := uint64(1), 0; written < size; n++ {
		line := numbered(id, n, 200)
		_, err := out.Write(line)
		must(err)
		written += len(line)
	}
	must(out.Flush())
}

func binaryBytes(size int) []byte {
	all := make([]byte, size)
	// A fixed sequence that has every value, in an order that repeats late.
	state := uint32(1)
	for i := 0; i+4 <= size; i += 4 {
		state = state*1664525 + 1013904223
		binary.LittleEndian.PutUint32(all[i:], state)
	}
	return all
}

// brokenText has lone and truncated sequences, and three-byte characters in such a place that
// Docker's border at 16 kB cuts one.
func brokenText(id string) []byte {
	const border = 16 * 1024
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s 1 lone bytes \xff\xfe \xc3\x28 \xe2\x82 end\n", id)
	head := fmt.Sprintf("%s 2 ", id)
	for shift := 0; shift < 3; shift++ {
		if shift > 0 {
			head = fmt.Sprintf("%s %d ", id, 2+shift)
		}
		text.WriteString(head)
		fill := border - 1 - shift - len(head)
		text.Write(repeat("x", fill))
		text.WriteString(strings.Repeat("€", border))
		text.WriteString(" whole\n")
	}
	fmt.Fprintf(&text, "%s 5 the last one\n", id)
	return text.Bytes()
}

// eat takes memory until the kernel ends the process.
func eat() {
	var kept [][]byte
	for {
		block := make([]byte, 1<<20)
		for i := range block {
			block[i] = byte(i)
		}
		kept = append(kept, block)
		if len(kept) > 4096 {
			fmt.Fprintln(os.Stderr, "4 GB taken and still alive: the container has no memory limit")
			os.Exit(70)
		}
	}
}

// write repeats what an interrupted write left over.
func write(out *os.File, data []byte) {
	_, err := out.Write(data)
	must(err)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "writer:", err)
		os.Exit(71)
	}
}

var stacks = map[string]string{
	"go": `panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.pick(...)
	/src/main.go:12
main.main()
	/src/main.go:7 +0x1d
`,
	"python": `Traceback (most recent call last):
  File "/app/main.py", line 12, in <module>
    run()
  File "/app/main.py", line 8, in run
    raise ValueError("no such order")
ValueError: no such order
`,
}
