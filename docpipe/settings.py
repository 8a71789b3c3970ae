"""One frozen Settings from environment, file and command line; secrets are typed. Imports errors only.

Order, strongest first: what the command line gives, ``DOCPIPE_*`` environment variables (and the providers' own usual ones),
``docpipe.toml`` in the home folder, defaults.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from docpipe.errors import BadSetting


def home_folder() -> Path:
    """``$DOCPIPE_HOME``, else the platform's folder for user data."""
    given = os.environ.get("DOCPIPE_HOME", "")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("docpipe"))


def _names(*names: str) -> AliasChoices:
    return AliasChoices(*names)


class ModelTable(BaseModel):
    """A ``[models.NAME]`` table: how a model is reached and what is known of it. What is not given comes from the tables of models.

    NAME is the model's name at its provider, or any name where ``model`` gives that. ``key_env``: environment variable with the
    key. ``input``, ``cached``, ``output``: prices per million tokens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    provider: str = "openai"
    model: str = ""
    base_url: str = ""
    key_env: str = ""
    azure_endpoint: str = ""
    azure_api_version: str = ""
    input: float | None = Field(None, ge=0)
    cached: float | None = Field(None, ge=0)
    output: float | None = Field(None, ge=0)
    batch: float | None = Field(None, ge=0, le=1)
    strict: bool | None = None
    max_output: int | None = Field(None, ge=64)
    context: int | None = Field(None, ge=512)
    encoding: str | None = None
    temperature: bool | None = None
    api: Literal["chat", "responses"] | None = None

    @property
    def traits(self) -> dict[str, Any]:
        """What is said of the model itself."""
        reached = {"provider", "model", "base_url", "key_env", "azure_endpoint", "azure_api_version"}
        return self.model_dump(exclude=reached, exclude_none=True)

    @property
    def key(self) -> str:
        """The key, from the environment."""
        return os.environ.get(self.key_env, "") if self.key_env else ""


class Settings(BaseSettings):
    """All settings of one process. Each is documented in ``docpipe help settings``."""

    model_config = SettingsConfigDict(env_prefix="DOCPIPE_", frozen=True, extra="forbid", populate_by_name=True)

    home: Path = Field(default_factory=home_folder)
    """Folder of database, blobs and Prefect's home."""
    database_url: str = ""
    """SQLAlchemy address; default: SQLite in the home folder. PostgreSQL: ``postgresql+psycopg://…``."""
    blob_url: str = ""
    """fsspec address of the blob store; default: a folder in the home folder. S3: ``s3://bucket/prefix``."""
    provider: str = ""
    """openai | recorded | ctranslate2 | rehearsal; default: openai where a key or address is set, else rehearsal."""
    model: str = ""
    """The model's name at the provider."""
    base_url: str = Field("", validation_alias=_names("base_url", "DOCPIPE_BASE_URL", "OPENAI_BASE_URL"))
    """Address of an OpenAI-compatible server."""
    api_key: SecretStr = Field(
        SecretStr(""), validation_alias=_names("api_key", "DOCPIPE_API_KEY", "OPENAI_API_KEY", "AZURE_OPENAI_API_KEY")
    )
    """The provider's key; environment or file only."""
    azure_endpoint: str = Field("", validation_alias=_names("azure_endpoint", "AZURE_OPENAI_ENDPOINT"))
    """Azure OpenAI's address; selects the Azure client."""
    azure_api_version: str = Field("", validation_alias=_names("azure_api_version", "OPENAI_API_VERSION"))
    """Azure OpenAI's API version."""
    concurrency: int = Field(64, ge=1, le=512)
    """Model calls in flight at once, at the most: it begins with 8 and grows while the provider keeps up."""
    rpm: float = Field(0, ge=0)
    """Requests a minute that may be sent, of all processes together; 0: the provider's own limit, learnt from its answers."""
    tpm: float = Field(0, ge=0)
    """Tokens a minute (input and output), likewise."""
    hedge_after_seconds: float = Field(0, ge=0)
    """After how long a slow request is sent a second time, and the first answer counts; both are paid. 0: never."""
    budget_day: float = Field(0, ge=0)
    """Spending limit of all calls of a day (UTC), in the currency of the prices; 0: none."""
    max_output_tokens: int = Field(8192, ge=256)
    """Output limit that chunks are packed for."""
    strict_schema: bool = True
    """Whether the server understands strict JSON schemas."""
    second_look: str = "risk"
    """Which rows of a model a second prompt looks at: off | risk | all; a profile's key of that name is stronger."""
    request_seconds: float = Field(180.0, gt=0)
    """Time-out of one model call."""
    models: dict[str, ModelTable] = Field(default_factory=dict)
    """Tables ``[models.NAME]`` of the file: prices and traits of models, and models to fall back to (`docpipe help model`)."""
    models_file: Path | None = None
    """One's own table of models in the form of docpipe/llm/prices.toml, looked into before the shipped one."""
    overnight_poll_seconds: float = Field(120.0, ge=1)
    """How often `docpipe serve` asks after overnight jobs."""
    record_replies: Path | None = None
    """File that every reply of a model is recorded in, to be replayed by the provider ``recorded``; it holds document text."""
    replies_file: Path | None = None
    """File, or folder of files, with the replies that the provider ``recorded`` replays."""
    offline_model: Path | None = None
    """Folder of a CTranslate2 model, for the provider ``ctranslate2``."""
    workers: int = Field(default_factory=lambda: max(2, os.cpu_count() or 2), ge=1, le=64)
    """Documents worked on at once in one process."""
    child_seconds: int = Field(120, ge=5)
    """CPU seconds a reading process may take, beside 5 s for each 100 pages of PDF."""
    child_memory_mb: int = Field(1024, ge=128)
    """Memory a reading process may take."""
    office: str = "auto"
    """LibreOffice for previews in layout: ``auto`` (found on the path), ``off``, or the program's path."""
    office_seconds: int = Field(180, ge=5)
    """Seconds that LibreOffice may take for one preview."""
    nobreak_folder: Path | None = None
    """Folder with one's own no-break lists (``en.txt``, …), added to the shipped ones."""
    fonts_file: Path | None = None
    """One's own table of fonts by script in the form of docpipe/formats/ooxml/localise/fonts.toml, looked into before the shipped one."""
    prompts_folder: Path | None = None
    """Folder with one's own prompts."""
    log_file: Path | None = None
    """JSON lines log; default: ``docpipe.log`` in the home folder."""
    prefect_api_url: str = Field("", validation_alias=_names("prefect_api_url", "PREFECT_API_URL"))
    """A standing Prefect server; default: a local one is started and reused."""
    prefect_api_key: SecretStr = Field(SecretStr(""), validation_alias=_names("prefect_api_key", "PREFECT_API_KEY"))
    """Key of a Prefect server that asks for one; environment or file only."""
    prefect_ui_url: str = Field("", validation_alias=_names("prefect_ui_url", "PREFECT_UI_URL"))
    """Address of Prefect's pages for people's browsers; default: beside its API."""
    metrics_public: bool = False
    """Whether /metrics answers without a token, for a scraper in one's own network: it tells counts and the models' names."""

    web_host: str = "127.0.0.1"
    """Address that the page listens on."""
    web_port: int = Field(8760, ge=0, le=65535)
    """Port of the page; 0 = any free one."""
    web_threads: int = Field(8, ge=2, le=64)
    """Requests worked on at once in the page's process; more compete for one processor."""
    public_url: str = ""
    """Address under which people reach the page behind a proxy, such as https://docpipe.example.org."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses of proxies whose forwarded headers are believed, with commas."""
    session_idle_minutes: int = Field(30, ge=1)
    """Minutes without a request after which a session ends."""
    session_hours: int = Field(12, ge=1)
    """Hours after which a session ends whatever happens."""
    oidc_issuer: str = ""
    """Address of an OpenID Connect provider to sign in at; none: names and passwords of docpipe alone."""
    oidc_client_id: str = ""
    """The name that docpipe is registered under at the provider."""
    oidc_client_secret: SecretStr = SecretStr("")
    """What docpipe shows the provider; environment or file only."""
    oidc_roles: str = "roles"
    """The claim that holds a person's roles; a path with dots reaches inside."""
    oidc_name: str = "single sign-on"
    """The provider's name on the sign-in page."""

    @property
    def database(self) -> str:
        """The database's address with its default."""
        return self.database_url or f"sqlite:///{self.home / 'docpipe.db'}"

    @property
    def blobs(self) -> str:
        """The blob store's address with its default."""
        return self.blob_url or str(self.home / "blobs")

    @property
    def chosen_provider(self) -> str:
        """The provider with its default."""
        if self.provider:
            return self.provider
        return "openai" if self.base_url or self.azure_endpoint or self.api_key.get_secret_value() else "rehearsal"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must not show anywhere."""
        held = [s.get_secret_value() for s in (self.api_key, self.oidc_client_secret, self.prefect_api_key)]
        return tuple(value for value in (*held, *(m.key for m in self.models.values())) if value)


def load(**given: Any) -> Settings:
    """The settings, with what the command line gives (None = not given). Raises ``BadSetting`` naming the setting."""
    chosen = {k: v for k, v in given.items() if v is not None}
    home = Path(chosen["home"]) if "home" in chosen else home_folder()
    file = home / "docpipe.toml"
    values: dict[str, Any] = {}
    if file.is_file():
        try:
            values = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadSetting(f"The settings file {file.name} is not valid TOML.", file=str(file)) from error
    try:
        environment = Settings(**chosen)
        unset = {k: v for k, v in values.items() if k not in environment.model_fields_set}
        return Settings(**{**unset, **chosen}) if unset else environment
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(p) for p in first["loc"])
        raise BadSetting(f"The setting {name} is not valid: {first['msg']}.", setting=name) from error
