# ruff: noqa: E501, S104 - tables of words; the addresses are words too
"""Text that must stay readable: products, versions, codes, Kubernetes objects, commands, dates."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from typing import ClassVar

_PRODUCTS = "Outlook|Teams|Excel|Word|OneDrive|SharePoint|Exchange Online|Windows 11|Windows Server 2022|Active Directory|Entra ID|Azure AD Connect|Intune|Defender|BitLocker|Edge|Chrome|Firefox|Safari|Zoom|Slack|Webex|Jira|Confluence|ServiceNow|Salesforce|Workday|SAP GUI|SAP S/4HANA|Oracle Database|PostgreSQL|MySQL|MongoDB|Redis|Kafka|RabbitMQ|Elasticsearch|Kibana|Grafana|Prometheus|Alertmanager|Loki|Thanos|Jaeger|Kubernetes|OpenShift|Docker|Podman|Helm|Argo CD|Flux|Istio|Envoy|nginx|Apache|HAProxy|Traefik|Terraform|Ansible|Puppet|Jenkins|GitLab|GitHub Actions|Bitbucket|SonarQube|Artifactory|Veeam|Acronis|Commvault|VMware vSphere|vCenter|Hyper-V|Proxmox|Citrix Workspace|Horizon Client|FortiGate 60F|FortiClient|GlobalProtect|AnyConnect|Cisco Meraki|Aruba 505|UniFi|Palo Alto|SonicWall|Sophos|CrowdStrike Falcon|SentinelOne|Carbon Black|Splunk|Datadog|New Relic|PagerDuty|Okta|Duo|Keycloak|CyberArk|LastPass|1Password|KeePass|Adobe Acrobat|Photoshop|AutoCAD|SolidWorks|Revit|Matlab|RStudio|Jupyter|Slurm|Lustre|Singularity|Apptainer|Spack|CUDA|PyTorch|OpenMPI|Gaussian|GROMACS|Latitude 7440|ThinkPad T14|EliteBook 840|MacBook Pro|Surface Pro 9|OptiPlex 7010|LaserJet M404|Zebra ZD421|Brother HL-L2350|Xerox VersaLink|Epson WF-7840|WD22TB4|Yealink T46U|Poly Studio|Jabra Evolve2|Logitech MX|iPhone 15|Galaxy S23|Android 14|iOS 17.4|Ubuntu 22.04|Red Hat Enterprise Linux 9|Debian 12|CentOS 7|SUSE|AIX|Solaris|WebSphere|DB2|Cognos|Lotus Notes|Tivoli|QRadar|Maximo|MQ|DataPower|Wix|Velo|WordPress|Shopify|Stripe|PayPal|QuickBooks|Sage 50|Xero|Power BI|Tableau|Looker|Snowflake|Databricks|Airflow|Spark|Hadoop|Vault|Consul|Nomad|Memcached|Cassandra|etcd|CoreDNS|Calico|Cilium|Longhorn|Rook|Ceph|MinIO|Fluentd|Logstash|Filebeat|Telegraf|InfluxDB|Zabbix|Nagios|Icinga|PRTG|Cloudflare|Akamai|Fastly|Let's Encrypt|DigiCert|Adobe Connect|Dynamics 365|Power Automate|Copilot|Notepad++|PuTTY|WinSCP|FileZilla|7-Zip|VLC|TeamViewer|AnyDesk|Java 17|.NET 8|Node.js|Python 3.12|PowerShell 7|OpenSSL|curl|Git|systemd|Kerberos|Samba|OpenVPN|WireGuard|StrongSwan|Postfix|Dovecot|Sendmail|BIND|Squid|Varnish|Tomcat|JBoss|WildFly|Django|Flask|Rails|Laravel|React|Angular|Eclipse|IntelliJ|Visual Studio Code|Xcode".split(
    "|"
)
_VENDORS = "Microsoft|Google|Amazon|AWS|Apple|Dell|HP|Lenovo|Cisco|Fortinet|Juniper|VMware|Broadcom|Citrix|Oracle|SAP|IBM|Red Hat|Adobe|Atlassian|Zscaler|Okta|Cloudflare|Veeam|Netgear|TP-Link|Logitech|Zebra|Xerox|Canon|Epson|Brother|Samsung|Intel|AMD|NVIDIA|Hugging Face|Canonical|SUSE|GitHub|Docker|HashiCorp|Elastic|MongoDB|Snowflake|ServiceNow|Salesforce".split(
    "|"
)
_ALERTS = "KubePodCrashLooping|KubeNodeNotReady|KubePersistentVolumeFillingUp|TargetDown|etcdMembersDown|PrometheusRuleFailures|AlertmanagerClusterDown|NodeFilesystemSpaceFillingUp|KubeAPIErrorBudgetBurn|CPUThrottlingHigh|HighErrorRate|ClusterOperatorDegraded|MachineConfigDaemonDrainError|NodeClockNotSynchronising|CephClusterWarningState|KubeDeploymentReplicasMismatch|KubeJobFailed|Watchdog|NodeNetworkInterfaceFlapping|IngressWithoutClassName|SamplesImportedDegraded|ThanosRuleQueueIsDroppingAlerts|VirtHandlerDown|OCS storage".split(
    "|"
)
_ERRORS = "0x80070005|0x8007045D|0x80004005|0x0000007B|0xc0000142|0x50|1603|1618|error 1722|error 53|HTTP 502|HTTP 429|503 Service Unavailable|404 Not Found|ORA-12154|ORA-00942|SQLSTATE 42P01|SQL0911N|NT_STATUS_ACCESS_DENIED|NT_STATUS_WRONG_PASSWORD|ERR_CONNECTION_RESET|ERR_CERT_DATE_INVALID|ECONNREFUSED|ETIMEDOUT|ENOSPC|EACCES|OOMKilled|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|CreateContainerConfigError|NodeNotReady|Evicted|SIGSEGV|SIGKILL|exit code 137|exit code 1|Event ID 4625|Event ID 7031|event 1000|Kernel-Power 41|STOP 0x0000009F|CAA20003|caa50024|AADSTS50076|AADSTS65001|CVE-2024-3094|CVE-2021-44228|E_FAIL|NullPointerException|IllegalStateException|java.lang.OutOfMemoryError|TimeoutError|ModuleNotFoundError|Permission denied|Segmentation fault|BSOD|IRQL_NOT_LESS_OR_EQUAL|MACHINE_CHECK_EXCEPTION|CWSIP0001E|DSRA0010E|J2CA0045E|AMQ9202E|CTGDIS|WVER0010I|50.4 paper jam|E05|SC542".split(
    "|"
)
_COMMANDS = "kubectl get pods -n kube-system|kubectl describe node|oc adm top nodes|helm upgrade --install|docker compose up -d|systemctl restart sshd|journalctl -u kubelet --since today|ipconfig /flushdns|gpupdate /force|sfc /scannow|dism /online /cleanup-image /restorehealth|netsh winsock reset|chkdsk /f|Get-ADUser -Filter *|Test-NetConnection -Port 443|nslookup|traceroute|ping -t|tcpdump -i eth0 port 53|df -h|du -sh *|top|free -m|ps aux|grep -r ERROR|tail -f /var/log/messages|chmod 600|chown root:root|sudo dnf update|apt-get install|pip install numpy|npm ci|git pull --rebase|git push origin main|terraform apply|ansible-playbook site.yml|sbatch job.sh|squeue -u $USER|srun --pty bash|module load gcc/11.3|make install|curl -sk https://localhost:6443/healthz|openssl s_client -connect localhost:443|mount -a|lsblk|fdisk -l|export PATH=$PATH:/opt/bin|db2 connect to sample|dspmq|runmqsc|wsadmin.sh -lang jython|etcdctl endpoint health|ceph -s|psql -c 'select 1'|redis-cli ping".split(
    "|"
)
_PATHS = r"C:\Windows\System32\drivers|C:\Program Files\Common Files|%appdata%\Microsoft\Teams|%TEMP%|%ProgramData%|HKLM\SOFTWARE\Policies|/etc/hosts|/etc/ssh/sshd_config|/var/log/syslog|/var/lib/docker|/opt/app/config.yaml|/usr/local/bin|/tmp/cache|/dev/sda1|~/.bashrc|~/.ssh/config|/api/v1/nodes|/healthz|config/settings.json|values.yaml|docker-compose.yml|Dockerfile|server.xml|web.config|pom.xml|package.json|requirements.txt|.env|ndis.sys|ntoskrnl.exe|outlook.exe|kernel32.dll|svchost.exe|setup.msi|backup.zip|report_final.xlsx|error.log".split(
    "|"
)
_KUBE = "pod|deployment|statefulset|daemonset|configmap|secret|ingress|service|namespace|pvc|node pool|cronjob|HPA|CRD|operator|ReplicaSet|ServiceAccount|ClusterRole|NetworkPolicy|StorageClass".split(
    "|"
)
_NAMES = "ingress-nginx|cert-manager|kube-proxy|coredns|metrics-server|payments-api|checkout|frontend|auth-service|billing-worker|argocd-server|prometheus-k8s|alertmanager-main|openshift-monitoring|kube-system|default|edge|staging|istio-system|logging|redis-master|postgres-primary|vault-agent|loki-gateway|grafana|node-exporter|fluent-bit|etcd-operator|image-registry|machine-api".split(
    "|"
)
_PUBLIC = "https://docs.microsoft.com/en-us/windows/|https://learn.microsoft.com/azure/|https://kubernetes.io/docs/concepts/|https://github.com/prometheus/prometheus/issues/{n}|https://www.ibm.com/support/pages/node/{n}|https://support.google.com/chrome|https://support.apple.com/HT{n}|https://access.redhat.com/solutions/{n}|https://stackoverflow.com/questions/{n}|https://docs.aws.amazon.com/eks/|https://status.cloud.google.com|https://www.gov.uk/guidance|https://slurm.schedmd.com/sbatch.html|https://pypi.org/project/numpy/|https://registry.npmjs.org|http://localhost:8080|http://127.0.0.1:9090/metrics|https://www.python.org|https://support.wix.com/en/article/|https://docs.csc.fi".split(
    "|"
)
_WORDY = "Monday morning|Tuesday|last Friday|yesterday|today at 09:14|14:32|10:05 UTC|3 March|March|in May|since June|this autumn|next summer|2024-03-12|2023-11-02T08:15:33Z|12/03/2024|Jan 14 10:22:01|week 34|Q3|end of April|Thursday 4pm|2 days ago|the 15th|this morning|5 pm CET|[11:42]|Sunday night|01.02.2025|Aug 2022".split(
    "|"
)


_MODELS = "Latitude 7440|Latitude 5540|Precision 3581|OptiPlex 7010|PowerEdge R750|ThinkPad T14 Gen 3|ThinkPad X1 Carbon|ThinkCentre M70q|ThinkStation P3|EliteBook 840 G9|ProBook 450 G8|ZBook Firefly|EliteDesk 800|ProLiant DL380 Gen10|ProLiant ML350|MacBook Air M2|Surface Laptop 5|iPhone 14|Galaxy A54|iPad Air|LaserJet M428|OfficeJet 9010|C368|bizhub C258|ECOSYS M2540|WF-C5790|VersaLink C405|ZT410|ZD421|QL-820|DCP-L2550|MX68|MR46|MS225|MX250|9300-48P|C9200L|2960X|ISR 4331|ASA 5506-X|FortiGate 100F|FG-60F|FAP-231F|TZ370|XGS 2100|PA-440|SRX340|USW-24-PoE|U6-Pro|UDM-SE|RS1221+|DS920+|TS-453D|SMT1500|SMX3000|T46U|T54W|VVX 411|CP-8845|8841|SL2100|WD19TB|D6000|P2422H|U2723QE|MFC-L8900|TC52|MC3300|DS4308|VX820|P400|KT-2461|DTC1500|HL-5450".split(
    "|"
)
_GROUPS = "GG|DL|GRP|SG|SEC|ACL|ROLE|APP|LIC|UG|M365|AZ|INTUNE|VPN|FS|CTX".split("|")
_DEPTS = "Accounts|Finance|HR|Legal|Sales|Payroll|Dispatch|Marketing|Procurement|Purchasing|Engineering|the warehouse|reception|Ops|Facilities|R&D|QA|logistics|the night shift".split(
    "|"
)
_SSIDS = "Guest|Corp|IoT|Staff|BYOD|Guest-EMEA|Corp-WiFi|eduroam|Warehouse|Scanner|VOICE-5G|Visitors|Lab".split(
    "|"
)
_ROOMS = "Oslo|Paris|Turing|Park|Rose|Jade|Everest|Curie|Jordan|Madison|Florence|Sydney|Lima|Austin|Victoria|Atlas|Ada|Hopper".split(
    "|"
)
_DATABASES = "DB01 DB03 DB12 MBXDB2 tempdb crm_prod master msdb erp_live DAG-DB04 WSS_Content sales_dw VeeamBackup SUSDB CM_P01".split()


class Technical:
    """Draws technical noise."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def draw(self, kind: str) -> str:
        """Return something of ``kind``."""
        return self.KINDS[kind](self)

    def _hex(self, length: int) -> str:
        return "".join(self.rng.choices("0123456789abcdef", k=length))

    def _number(self, length: int) -> str:
        return "".join(self.rng.choices(string.digits, k=length))

    def _version(self) -> str:
        r = self.rng
        parts = ".".join(str(r.randrange(30)) for _ in range(r.choice((2, 3, 3, 4))))
        return r.choice(("", "", "v", "version ", "build ")) + parts

    def _ticket(self) -> str:
        r = self.rng
        return r.choice(
            (
                "INC",
                "REQ",
                "CHG",
                "RITM",
                "KB",
                "PRB",
                "TASK",
                "CS",
                "#",
                "HD-",
                "OPS-",
                "PROJ-",
                "SUP-",
                "JIRA-",
                "bug ",
            )
        ) + self._number(r.choice((3, 4, 6, 7)))

    def _object(self) -> str:
        r = self.rng
        name = r.choice(_NAMES)
        return r.choice(
            (
                name,
                name,
                f"{name}-{self._hex(9)}-{self._hex(5)}",
                f"{name}-{r.randrange(3)}",
                f"{r.choice(_KUBE)}/{name}",
            )
        )

    def _metric(self) -> str:
        return self.rng.choice(
            'node_filesystem_avail_bytes kube_pod_container_status_restarts_total up{job="apiserver"} rate(http_requests_total[5m]) max_connections shared_buffers innodb_buffer_pool_size maxUnavailable replicas: 3 terminationGracePeriodSeconds imagePullPolicy vm.swappiness net.ipv4.ip_forward JAVA_OPTS LD_LIBRARY_PATH spark.executor.memory authMode clientId tenantId userPrincipalName sAMAccountName'.split()
        )

    def _amount(self) -> str:
        r = self.rng
        return r.choice(
            (
                f"{r.randrange(1, 512)} GB",
                f"{r.randrange(1, 100)} %",
                f"{r.randrange(1, 100)}%",
                f"{r.randrange(900)} ms",
                f"{r.randrange(2, 60)} minutes",
                f"{r.randrange(2, 90)} users",
                f"${r.randrange(10, 9000)}.00",
                f"{r.random() * 100:.1f} MB/s",
                f"{r.randrange(2, 40)} laptops",
            )
        )

    def _address(self) -> str:
        r = self.rng
        return r.choice(
            (
                f"10.{r.randrange(255)}.0.0/16",
                "192.168.0.0/24",
                "255.255.255.0",
                "0.0.0.0",
                "127.0.0.1",
                "::1",
                "169.254.x.x",
                f"port {r.randrange(20, 65000)}",
                f"TCP {r.randrange(20, 65000)}",
                "Gi1/0/24",
                "eth0",
                "VLAN 120",
                ":8443",
                "fe80::/10",
                "0.0.0.0/0",
            )
        )

    def _digest(self) -> str:
        r = self.rng
        return r.choice(
            (
                self._hex(40),
                self._hex(64),
                f"sha256:{self._hex(64)}",
                self._hex(7),
                self._hex(12),
                f"req-{self._hex(8)}",
                f"trace_id={self._hex(32)}",
                f"correlation id {self._hex(8)}-{self._hex(4)}-{self._hex(4)}",
            )
        )

    def _group(self) -> str:
        r = self.rng
        what = "-".join(
            r.sample(("Finance", "HR", "Sales", "Admins", "Users", "All", "EMEA", "Visio"), 2)
        )
        sign = r.choice("-_")
        return f"{r.choice(_GROUPS)}{sign}{what.replace('-', sign)}{sign}{r.choice(('RO', 'RW', 'M', 'Full', 'R'))}"

    def _isodate(self) -> str:
        r = self.rng
        return f"20{r.randrange(18, 29)}-{r.randrange(1, 13):02}-{r.randrange(1, 29):02}"

    def _fingerprint(self) -> str:
        return self._mixed(43)

    def _thumbprint(self) -> str:
        return self._hex(40).upper()

    def _long_number(self) -> str:
        return self._number(self.rng.choice((8, 9, 10, 12)))

    def _mixed(self, length: int) -> str:
        return "".join(self.rng.choices(string.ascii_letters + string.digits + "+/", k=length))

    def _part(self) -> str:
        letters = string.ascii_uppercase + string.digits
        return f"{self._number(2)}{''.join(self.rng.choices(letters, k=self.rng.choice((6, 8))))}"

    def _url(self) -> str:
        return self.rng.choice(_PUBLIC).replace("{n}", self._number(6))

    KINDS: ClassVar[dict[str, Callable[[Technical], str]]] = {
        "product": lambda s: s.rng.choice(_PRODUCTS), "vendor": lambda s: s.rng.choice(_VENDORS), "alert": lambda s: s.rng.choice(_ALERTS), "error": lambda s: s.rng.choice(_ERRORS),
        "command": lambda s: s.rng.choice(_COMMANDS), "path": lambda s: s.rng.choice(_PATHS), "object": _object, "kube": lambda s: s.rng.choice(_KUBE), "metric": _metric, "version": _version,
        "ticket": _ticket, "amount": _amount, "net": _address, "digest": _digest, "date": lambda s: s.rng.choice(_WORDY), "docs": _url,
        "model": lambda s: s.rng.choice(_MODELS), "dept": lambda s: s.rng.choice(_DEPTS), "ssid": lambda s: s.rng.choice(_SSIDS), "roomname": lambda s: s.rng.choice(_ROOMS), "database": lambda s: s.rng.choice(_DATABASES),
        "group": _group, "isodate": _isodate, "fingerprint": _fingerprint, "thumbprint": _thumbprint, "longnumber": _long_number, "mtm": _part, "n": lambda s: str(s.rng.randrange(1, 200)),
    }  # fmt: skip
