//! Private database servers for tests: one PostgreSQL and one MariaDB for each run of a test program, in a folder of
//! their own, reached by a socket, and gone with the program.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgresql,
    Mariadb,
}

pub(crate) const KINDS: [Kind; 2] = [Kind::Postgresql, Kind::Mariadb];

/// A server that runs; it ends when its stdin is closed, which the end of this program does.
struct Server {
    folder: String,
    _child: Child,
}

static SERVERS: [OnceLock<Server>; 2] = [OnceLock::new(), OnceLock::new()];
static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// Starts a server, says where, and ends it with its stdin.
const START: &str = r#"
set -eu
kind=$1
dir=$(mktemp -d /tmp/leadlint-"$kind".XXXXXX)
pid=
signal=QUIT
trap 'test -z "$pid" || { kill -"$signal" "$pid" || :; wait "$pid" || :; } 2>/dev/null ; rm -rf "$dir"' EXIT
user=$2
as=
[ "$(id -u)" != 0 ] || { chown "$user" "$dir"; as="setpriv --reuid=$user --regid=$user --clear-groups"; }
missing() { echo "missing $1: install $2 (apt-get install $2), or run .ci/engines/databases"; exit 1; }
if [ "$kind" = postgresql ]; then
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -x "${bin:=$(dirname "$(command -v initdb || echo /)")}/initdb" ] || missing initdb postgresql
    $as "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >"$dir/log" 2>&1
    $as "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c max_connections=60 >>"$dir/log" 2>&1 &
    pid=$!
    ready() { "$bin/pg_isready" -q -h "$dir"; }
else
    command -v mariadbd >/dev/null || PATH=$PATH:/usr/sbin
    command -v mariadbd >/dev/null || missing mariadbd mariadb-server
    $as mariadb-install-db --no-defaults --datadir="$dir/data" --auth-root-authentication-method=normal --skip-test-db >"$dir/log" 2>&1
    $as mariadbd --no-defaults --datadir="$dir/data" --socket="$dir/socket" --pid-file="$dir/pid" --skip-networking \
        --character-set-server=utf8mb4 --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M >>"$dir/log" 2>&1 &
    pid=$!
    signal=KILL
    ready() { mariadb-admin --no-defaults -S "$dir/socket" -u root ping >/dev/null 2>&1; }
fi
for _ in $(seq 300); do
    if ready; then
        echo "ready $dir"
        cat >/dev/null
        exit 0
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
done
cat "$dir/log"
exit 1
"#;

impl Kind {
    fn server(self) -> &'static Server {
        SERVERS[self as usize].get_or_init(|| {
            let (name, user) = match self {
                Self::Postgresql => ("postgresql", "postgres"),
                Self::Mariadb => ("mariadb", "mysql"),
            };
            let mut child = Command::new("sh")
                .args(["-c", START, "sh", name, user])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut said = BufReader::new(child.stdout.take().unwrap());
            let mut first = String::new();
            said.read_line(&mut first).unwrap();
            let Some(folder) = first.trim().strip_prefix("ready ").map(str::to_owned) else {
                said.read_to_string(&mut first).unwrap();
                panic!("no {name} for the tests: {first}");
            };
            Server { folder, _child: child }
        })
    }

    /// The dialect of its scripts.
    pub(crate) fn dialect(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Mariadb => "mysql",
        }
    }

    /// A new database.
    pub(crate) fn database(self) -> Database {
        let name = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let create = match self {
            Self::Postgresql => format!("CREATE DATABASE {name}"),
            Self::Mariadb => format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        };
        let any = match self {
            Self::Postgresql => "postgres",
            Self::Mariadb => "mysql",
        };
        Database { kind: self, name: any.to_owned() }.run(&create);
        Database { kind: self, name }
    }
}

/// A database of a server.
pub(crate) struct Database {
    pub(crate) kind: Kind,
    name: String,
}

/// A client at work.
pub(crate) struct Session(Child);

impl Database {
    fn client(&self, stop: bool) -> Command {
        let folder = &self.kind.server().folder;
        let mut client = match self.kind {
            Kind::Postgresql => {
                let mut psql = Command::new("psql");
                psql.args(["-X", "-q", "-A", "-P", "footer=off", "-U", "postgres", "-h", folder, "-d", &self.name]);
                psql.args(if stop { &["-v", "ON_ERROR_STOP=1"][..] } else { &[] });
                psql.args(["-f", "-"]);
                psql
            }
            Kind::Mariadb => {
                let socket = format!("{folder}/socket");
                let mut mariadb = Command::new("mariadb");
                mariadb.args([
                    "--no-defaults",
                    "--default-character-set=utf8mb4",
                    "--batch",
                    "-u",
                    "root",
                    "-S",
                    &socket,
                ]);
                mariadb.args(if stop { &[][..] } else { &["--force"] });
                mariadb.arg(&self.name);
                mariadb
            }
        };
        client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        client
    }

    fn piped(mut client: Command, script: &str) -> Session {
        let mut child = client.spawn().unwrap_or_else(|error| panic!("{client:?}: {error}; run .ci/engines/databases"));
        let mut stdin = child.stdin.take().unwrap();
        let script = script.to_owned();
        // A client that stops early closes its end.
        std::thread::spawn(move || stdin.write_all(script.as_bytes()));
        Session(child)
    }

    /// Starts a script.
    pub(crate) fn start(&self, script: &str) -> Session {
        Self::piped(self.client(true), script)
    }

    /// Runs a script until its first error: what it showed, or what it said.
    pub(crate) fn try_run(&self, script: &str) -> Result<String, String> {
        self.start(script).end()
    }

    /// Runs a script with a client that goes on after errors; what it showed and said.
    pub(crate) fn force(&self, script: &str) -> String {
        let output = Self::piped(self.client(false), script).0.wait_with_output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    /// Runs a script that has to go well.
    #[track_caller]
    pub(crate) fn run(&self, script: &str) -> String {
        self.try_run(script).unwrap_or_else(|error| {
            let shown: String = script.chars().take(3000).collect();
            panic!("{:?}: {error}\n{shown}", self.kind)
        })
    }

    /// Every table but those of the scripts: definitions and rows, a line each, sorted.
    pub(crate) fn dump(&self) -> Vec<String> {
        let folder = &self.kind.server().folder;
        let output = match self.kind {
            Kind::Postgresql => Command::new("pg_dump")
                .args(["-U", "postgres", "-h", folder, "--inserts", "-T", "*.leadlint*", &self.name])
                .output(),
            Kind::Mariadb => {
                let own = self.run(&format!(
                    "SELECT table_name FROM information_schema.tables WHERE table_schema = '{}' AND table_name LIKE 'leadlint%'",
                    self.name
                ));
                let but = own.lines().skip(1).map(|table| format!("--ignore-table={}.{table}", self.name));
                Command::new("mariadb-dump")
                    .args(["--no-defaults", "-u", "root", "-S", &format!("{folder}/socket")])
                    .args(["--skip-extended-insert", "--skip-dump-date", "--order-by-primary", "--hex-blob", "--triggers"])
                    .args(but)
                    .arg(&self.name)
                    .output()
            }
        }
        .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let noise = |line: &&str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
        let mut lines: Vec<String> = text.lines().filter(|line| !noise(line)).map(str::to_owned).collect();
        lines.sort();
        lines
    }

    /// Names of the scripts' own tables that hold something.
    pub(crate) fn own(&self) -> Vec<String> {
        let schema = match self.kind {
            Kind::Postgresql => "public",
            Kind::Mariadb => &self.name,
        };
        let named = self.run(&format!(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' AND table_name LIKE 'leadlint%' ORDER BY 1"
        ));
        let filled = |table: &&str| self.run(&format!("SELECT count(*) FROM {table}")).lines().nth(1) != Some("0");
        named.lines().skip(1).filter(filled).map(str::to_owned).collect()
    }

    /// Runs a script, and ends its connection where it has changed a row of `table`: a trigger there waits for a lock that
    /// another session holds.
    pub(crate) fn kill_at(&self, table: &str, script: &str) {
        self.run(match self.kind {
            Kind::Postgresql => {
                "CREATE TABLE gate (n integer); INSERT INTO gate VALUES (1); CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ \
                 BEGIN UPDATE gate SET n = n + 1; RETURN new; END $$"
            }
            Kind::Mariadb => "CREATE TABLE gate (n integer); INSERT INTO gate VALUES (1)",
        });
        self.run(&match self.kind {
            Kind::Postgresql => {
                format!("CREATE TRIGGER wait AFTER UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION wait()")
            }
            Kind::Mariadb => {
                format!("CREATE TRIGGER wait AFTER UPDATE ON {table} FOR EACH ROW UPDATE gate SET n = n + 1")
            }
        });
        let before = (self.dump(), self.own());
        let sleep = if self.kind == Kind::Postgresql { "pg_sleep(1000)" } else { "sleep(1000)" };
        let holder = self.start(&format!("BEGIN; UPDATE gate SET n = 5; SELECT {sleep};"));
        let holds = match self.kind {
            Kind::Postgresql => {
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(1000)%' AND pid <> pg_backend_pid()"
            }
            Kind::Mariadb => {
                "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%sleep(1000)%' AND id <> connection_id()"
            }
        };
        let sleeper = self.waits_for(holds);
        let running = self.start(script);
        // MariaDB looks anew only where nobody asked for a tenth of a second.
        let waiter = self.waits_for(match self.kind {
            Kind::Postgresql => {
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query NOT LIKE 'LOCK%'"
            }
            Kind::Mariadb => {
                "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = \
                 t.trx_mysql_thread_id WHERE trx_state = 'LOCK WAIT' AND p.db = DATABASE() AND p.info NOT LIKE '%leadlint_lock%'"
            }
        });
        self.end_connection(&waiter);
        running.end().unwrap_err();
        self.end_connection(&sleeper);
        holder.end().unwrap_err();
        assert_eq!((self.dump(), self.own()), before, "{:?}: nothing is half done", self.kind);
        self.run(&match self.kind {
            Kind::Postgresql => format!("DROP TRIGGER wait ON {table}; DROP FUNCTION wait(); DROP TABLE gate"),
            Kind::Mariadb => "DROP TRIGGER wait; DROP TABLE gate".to_owned(),
        });
    }

    /// The first cell that a query shows, once it shows one.
    fn waits_for(&self, query: &str) -> String {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            if let Some(found) = self.run(query).lines().nth(1) {
                return found.to_owned();
            }
            assert!(Instant::now() < deadline, "{query}");
            std::thread::sleep(Duration::from_millis(400));
        }
    }

    fn end_connection(&self, id: &str) {
        self.run(&match self.kind {
            Kind::Postgresql => format!("SELECT pg_terminate_backend({id})"),
            Kind::Mariadb => format!("KILL {id}"),
        });
    }
}

impl Session {
    /// Waits until it ends: what it showed, or what it said.
    pub(crate) fn end(self) -> Result<String, String> {
        let output = self.0.wait_with_output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if output.status.success() { Ok(out) } else { Err(out + &err) }
    }
}
