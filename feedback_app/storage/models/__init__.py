"""Tables, one noun a file; importing this room registers them all."""

from feedback_app.storage.models.access_link import AccessLink
from feedback_app.storage.models.account import Account, AccountUnit, LoginThrottle, StaffSession
from feedback_app.storage.models.after_course import CourseAnswer, CourseReply
from feedback_app.storage.models.agency import Agency, Unit
from feedback_app.storage.models.audit import AuditEntry
from feedback_app.storage.models.backup import BackupRun
from feedback_app.storage.models.case import Case, CaseOpinion, CaseRating
from feedback_app.storage.models.certificate import Certificate, CertificateRule
from feedback_app.storage.models.counter import (
    Counter,
    CounterService,
    CounterTiers,
    FormOpening,
    Service,
)
from feedback_app.storage.models.device import Device, DisplayUse
from feedback_app.storage.models.follow_up import FollowUp
from feedback_app.storage.models.happening import HappeningRow
from feedback_app.storage.models.held_upload import HeldUpload
from feedback_app.storage.models.lot import Lot, LotChange, LotEntry
from feedback_app.storage.models.need import (
    NeedAnswer,
    NeedDecision,
    NeedReply,
    NeedRow,
    NeedRun,
    OfficerCompetence,
)
from feedback_app.storage.models.note import Note
from feedback_app.storage.models.office_mark import OfficeMark
from feedback_app.storage.models.officer import Officer, OfficerJoin, Shift
from feedback_app.storage.models.officer_room import FigureView, OfficerReply
from feedback_app.storage.models.paper import PaperBatch, PaperSheet
from feedback_app.storage.models.place_stamp import PlaceStamp
from feedback_app.storage.models.plan import (
    Plan,
    PlanFixing,
    PlanFloor,
    PlanJob,
    PlanLine,
    PlanRun,
    PlanSpent,
    PlanVersion,
    PlanVersionRun,
)
from feedback_app.storage.models.rating import Comment, Rating, Screening
from feedback_app.storage.models.roster import (
    CalendarEntry,
    RosterChange,
    RosterLetter,
    RosterProposal,
)
from feedback_app.storage.models.second_factor import RecoveryCode, SecondFactor
from feedback_app.storage.models.study import ImpactStudy
from feedback_app.storage.models.survey import PastResult, Survey, SurveyRevision
from feedback_app.storage.models.tally import (
    DETAIL_KEY,
    TALLY_KEY,
    TALLY_SUMS,
    DetailTally,
    Tally,
)
from feedback_app.storage.models.training import (
    Attendance,
    Partner,
    Training,
    TrainingAlias,
    TrainingRun,
)
from feedback_app.storage.models.upkeep import UpkeepMark
from feedback_app.storage.models.verdict import Verdict
from feedback_app.storage.models.visit import VisitCount
from feedback_app.storage.models.visit_code import (
    CodeBatch,
    CodeCount,
    CodeGuess,
    QueueKey,
    VisitCode,
)

__all__ = [
    "DETAIL_KEY",
    "TALLY_KEY",
    "TALLY_SUMS",
    "AccessLink",
    "Account",
    "AccountUnit",
    "Agency",
    "Attendance",
    "AuditEntry",
    "BackupRun",
    "CalendarEntry",
    "Case",
    "CaseOpinion",
    "CaseRating",
    "Certificate",
    "CertificateRule",
    "CodeBatch",
    "CodeCount",
    "CodeGuess",
    "Comment",
    "Counter",
    "CounterService",
    "CounterTiers",
    "CourseAnswer",
    "CourseReply",
    "DetailTally",
    "Device",
    "DisplayUse",
    "FigureView",
    "FollowUp",
    "FormOpening",
    "HappeningRow",
    "HeldUpload",
    "ImpactStudy",
    "LoginThrottle",
    "Lot",
    "LotChange",
    "LotEntry",
    "NeedAnswer",
    "NeedDecision",
    "NeedReply",
    "NeedRow",
    "NeedRun",
    "Note",
    "OfficeMark",
    "Officer",
    "OfficerCompetence",
    "OfficerJoin",
    "OfficerReply",
    "PaperBatch",
    "PaperSheet",
    "Partner",
    "PastResult",
    "PlaceStamp",
    "Plan",
    "PlanFixing",
    "PlanFloor",
    "PlanJob",
    "PlanLine",
    "PlanRun",
    "PlanSpent",
    "PlanVersion",
    "PlanVersionRun",
    "QueueKey",
    "Rating",
    "RecoveryCode",
    "RosterChange",
    "RosterLetter",
    "RosterProposal",
    "Screening",
    "SecondFactor",
    "Service",
    "Shift",
    "StaffSession",
    "Survey",
    "SurveyRevision",
    "Tally",
    "Training",
    "TrainingAlias",
    "TrainingRun",
    "Unit",
    "UpkeepMark",
    "Verdict",
    "VisitCode",
    "VisitCount",
]
