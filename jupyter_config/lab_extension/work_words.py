"""What the page of kept work says, English and Chinese."""

# ruff: noqa: E501

__all__ = ["ABOUT_STARTING_OVER", "CANNOT_MERGE", "CHINESE"]

CANNOT_MERGE = (
    "Your work cannot be put into the new version for sure, because %(what)s was changed or moved."
    " Take the new version with yours kept beside it, or put the new one beside yours."
)
ABOUT_STARTING_OVER = (
    "The lab as it was released is put in place; your folder stays beside it under a name with the"
    " date."
)
CHINESE = {
    "Your work in %(lab)s": "您在 %(lab)s 的檔案",
    "Your saved files": "您儲存過的檔案",
    "Back to the notebook": "回到筆記本",
    "Back to JupyterLab": "回到 JupyterLab",
    "Nothing here is ever overwritten: what changes keeps a copy with the date in its name.": "這裡的操作不會覆寫任何內容：每次變更都會留下一份名稱帶日期的副本。",
    "Version %(new)s of this lab is out; yours began from version %(old)s": "這個實作已更新到第 %(new)s 版；您的檔案來自第 %(old)s 版",
    "What it changes": "更新內容",
    "It changes nothing that you see in the notebook.": "您在筆記本中看到的內容沒有變更。",
    "New: %(what)s": "新增：%(what)s",
    "Changed: %(what)s": "變更：%(what)s",
    "Taken out: %(what)s": "移除：%(what)s",
    "%(cell)s in %(file)s": "%(file)s 的「%(cell)s」",
    "test %(cell)s in %(file)s": "%(file)s 的測試「%(cell)s」",
    "Take the new version over and keep my answers": "採用新版本，並保留我的作答",
    "Your answers stay in their cells; texts and tests are the new ones.": "您的作答會留在原來的儲存格，說明與測試換成新的。",
    CANNOT_MERGE: "因為「%(what)s」被改過或移動過，無法確定如何併入新版本。您可以採用新版本並把自己的保留在旁邊，或把新版本放在旁邊。",
    "Take the new version and keep mine beside it": "採用新版本，把我的保留在旁邊",
    "Put the new version beside mine": "把新版本放在我的旁邊",
    "Go on with mine": "繼續用我的",
    "What you handed in": "您繳交過的內容",
    "Submission %(number)s, %(when)s": "第 %(number)s 次繳交，%(when)s",
    "%(score)s of %(most)s points": "%(score)s / %(most)s 分",
    "Open as a copy": "開啟副本",
    "You have not handed anything in yet.": "您還沒有繳交過。",
    "The course site does not answer, so submissions cannot be listed now.": "課程網站沒有回應，目前無法列出繳交紀錄。",
    "Earlier states of your files": "檔案的較早版本",
    "deleted": "已刪除",
    "%(count)s states, the last one %(when)s": "%(count)s 個版本，最近一次 %(when)s",
    "Bring back": "取回",
    "Nothing has been saved yet.": "還沒有儲存過任何內容。",
    "Start over": "重新開始",
    ABOUT_STARTING_OVER: "會放入全新的實作檔案；您原來的資料夾會以帶日期的名稱保留在旁邊。",
    "Start over and keep what I have": "重新開始，並保留我的檔案",
    "Done: %(name)s": "完成：%(name)s",
}
