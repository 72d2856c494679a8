"""What uploads are refused for."""

from django.utils.translation import gettext_lazy as _

from anxin.kit.errors import Invalid, Refusal


class FileEmpty(Invalid):
    code = "file_empty"
    message = _("没有收到文件内容，请重新选择文件。")


class FileTooBig(Invalid):
    status = 413
    code = "file_too_big"
    message = _("文件太大：%(label)s不能超过 %(limit)d MB。请压缩或重新拍摄后再上传。")


class FileWrongType(Invalid):
    status = 415
    code = "file_wrong_type"
    message = _(
        "不支持这种文件：%(label)s只能是 %(formats)s。请换一个文件（改后缀名没有用，系统会检查内容）。"
    )


class FileUnreadable(Invalid):
    code = "file_unreadable"
    message = _("这个文件已损坏或不完整，无法打开。请重新拍摄或导出后再上传。")


class PictureTooLarge(Invalid):
    code = "picture_too_large"
    message = _("图片的尺寸过大（超过 5000 万像素），请缩小后再上传。")


class PdfActive(Invalid):
    code = "pdf_active"
    message = _("这个 PDF 含有脚本或可执行内容，为了安全不能上传。请用“打印为 PDF”另存后再上传。")


class FileInfected(Invalid):
    code = "file_infected"
    message = _("安全检查在这个文件里发现了病毒，没有保存。请先用杀毒软件检查您的设备，再换一个文件。")


class ScannerAway(Refusal):
    status = 503
    code = "scanner_away"
    message = _("现在不能检查文件是否安全，所以没有保存。请过几分钟再上传。")
